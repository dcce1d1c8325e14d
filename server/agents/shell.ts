import type { Adapter, Observation, ScreenFacts } from './adapter.ts'
import { nameOf } from './program.ts'
import { filledRows, seen } from './screen.ts'
import { oneLine } from './words.ts'

const SHELLS = /^(ba|z|da|k|mk|a|fi|tc|c|nu|elvi|xon|y)?sh$|^(nu|pwsh|elvish|xonsh|osh|murex)$/

/** Programs that wait for their user most of the time: that they run does not mean that they work. */
const PATIENT = new Set([
  ...['vi', 'vim', 'nvim', 'view', 'emacs', 'nano', 'micro', 'hx', 'helix', 'kak', 'joe', 'ed'],
  ...['less', 'more', 'most', 'man', 'bat', 'delta', 'tig', 'lazygit', 'gitui', 'fzf', 'ranger'],
  ...['top', 'htop', 'btop', 'atop', 'iotop', 'watch', 'k9s', 'ncdu', 'nnn', 'mc', 'yazi', 'lf'],
  ...[
    'python',
    'python3',
    'ipython',
    'node',
    'irb',
    'psql',
    'mysql',
    'sqlite3',
    'redis-cli',
    'gdb',
  ],
  ...['ssh', 'mosh', 'mosh-client', 'telnet', 'docker', 'podman', 'kubectl', 'tmux', 'screen'],
])

/** Whether a program is a shell, by the name it runs under. */
export function isShell(program: string): boolean {
  return SHELLS.test(nameOf(program))
}

/** A pane with a shell and no agent: working while a command holds its foreground. */
export const shell: Adapter = {
  kind: 'shell',
  name: 'Shell',
  matches: ({ argv, command }) => isShell(argv[0] ?? command),
  fromForeground(program, at) {
    if (program !== undefined && PATIENT.has(nameOf(program))) return undefined
    return program === undefined
      ? {
          source: 'live',
          at,
          line: 'the shell itself is in the foreground',
          confidence: 'high',
          says: { type: 'idle' },
          facts: { tool: '' },
        }
      : {
          source: 'live',
          at,
          line: oneLine(`${nameOf(program)} is in the foreground`),
          confidence: 'medium',
          says: { type: 'working' },
          facts: { tool: oneLine(nameOf(program)) },
        }
  },
  fromScreen,
  keys: { interrupt: ['C-c'], submit: ['Enter'] },
  patience: { hookMs: 5_000, silenceMs: 5_000 },
}

/** Signs that stand alone or behind what only prompts have: `user@host:~/x$`, `(venv) ~ %`. */
const BARE = /^\s*(\([^)]*\) )?[$#%❯➜»λ>]$/u
const DECORATED =
  /^(\([^)]*\) )?(\[[^\]]*\]|\S+@\S+|[~/]\S*|\S*:[~/]\S*|\S+-[\d.]+)( .*)?[^\d\s]? ?[$#%❯»λ]$/u
const NAMED = [/^➜ {1,2}\S.*$/u, /^[A-Za-z][\w-]*[A-Za-z]%$/, /^\S+@\S+ \S+>$/, /^PS [A-Z~/].*>$/]

/** Whether this row is a prompt that nothing is typed at. `42%` and `costs 42$` are none. */
export function isPrompt(row: string): boolean {
  const line = row.trimEnd()
  if (line.length > 200 || /(^|[\s\]|])\d+(\.\d+)?\s?[%$]$/.test(line)) return false
  return BARE.test(line) || DECORATED.test(line) || NAMED.some((shape) => shape.test(line))
}

/** A prompt in the last row, not behind it in the history; full-screen programs have none. */
function fromScreen(screen: ScreenFacts): Observation | undefined {
  const last = filledRows(screen).at(-1) ?? ''
  if (screen.alternate || !isPrompt(last)) return undefined
  return seen(screen, last, { type: 'idle' })
}
