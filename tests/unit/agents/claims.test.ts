import { expect, test } from 'playwright/test'
import type { ProcessFacts } from '../../../server/agents/adapter.ts'
import { ADAPTERS, adapterOf } from '../../../server/agents/index.ts'
import { shell } from '../../../server/agents/shell.ts'
import { inWords } from '../../support/fixtures.ts'

function process(argv: string[], env: Record<string, string> = {}): ProcessFacts {
  const command = (argv[0] ?? '').replace(/^.*\//, '')
  return { pid: 42, start: '1234', argv, command, cwd: '/work', env }
}

const claude = adapterOf('claude')

function live(more: object, facts: Partial<ProcessFacts> = {}) {
  const file = { pid: 42, procStart: '1234', sessionId: 'one-two-three', ...more }
  return claude.fromLive?.(JSON.stringify(file), { ...process(['claude']), ...facts }, 9_000)
}

test("Claude's live file says what it does, and since when", () => {
  const since = 8_000
  const busy = live({ status: 'busy', statusUpdatedAt: since })
  expect(busy?.says).toEqual({ type: 'working' })
  expect(busy?.facts?.conversation).toBe('one-two-three')
  const ask = (waitingFor: string) => inWords(live({ status: 'waiting', waitingFor }))
  expect(ask('permission prompt')).toBe('asking permission')
  expect(ask('input needed')).toBe('asking question')
  expect(inWords(live({ status: 'idle' }))).toBe('idle')
  expect(inWords(live({ status: 'a word of next year' }))).toBeNull()
})

test('a live file that a killed process left behind is not about the next one', () => {
  expect(live({ status: 'busy', procStart: '999' })).toBeUndefined()
  expect(live({ status: 'busy', pid: 41 })).toBeUndefined()
  expect(live({ status: 'busy', procStart: 1234 })?.says).toEqual({ type: 'working' })
  expect(claude.fromLive?.('{"pid":42,"sta', process(['claude']), 1)).toBeUndefined()
})

test('files are looked for where the process itself looks', () => {
  const files = (kind: 'claude' | 'codex' | 'copilot' | 'gemini', env: Record<string, string>) =>
    adapterOf(kind).files?.(process([kind], env))
  expect(files('claude', { HOME: '/h' })?.live).toEqual(['/h/.claude/sessions/42.json'])
  expect(files('claude', { HOME: '/h', CLAUDE_CONFIG_DIR: '/c' })?.transcripts).toBe('/c/projects')
  expect(files('codex', { HOME: '/h' })?.transcripts).toBe('/h/.codex/sessions')
  expect(files('codex', { HOME: '/h', CODEX_HOME: '/c' })?.transcripts).toBe('/c/sessions')
  expect(files('copilot', { HOME: '/h' })?.transcripts).toBe('/h/.copilot/session-state')
  expect(files('gemini', { HOME: '/h', GEMINI_CLI_HOME: '/g' })?.transcripts).toBe('/g/.gemini/tmp')
  // Another user's process hides its environment: nothing is looked for in our own home.
  for (const kind of ['claude', 'codex', 'copilot', 'gemini'] as const)
    expect(files(kind, {})).toEqual({ live: [] })
})

test('a resumed conversation keeps its flags and drops its prompt', () => {
  const id = '686dfa20-0c8e-4121-9720-db46dcc809b9'
  const resume = (kind: Parameters<typeof adapterOf>[0], ...argv: string[]) =>
    adapterOf(kind).resume?.(id, argv)?.join(' ')
  expect(resume('claude', 'claude', '--model', 'opus', 'fix the bug')).toBe(
    `claude --model opus --resume ${id}`,
  )
  expect(resume('claude', '/x/claude', '--resume', 'other-one', '--permission-mode=plan')).toBe(
    `claude --permission-mode=plan --resume ${id}`,
  )
  expect(resume('claude', 'claude', '-p', 'a prompt', '--unknown', 'value')).toBe(
    `claude --resume ${id}`,
  )
  expect(resume('codex', 'node', '/usr/bin/codex', '-m', 'gpt-5', '--search', 'do it')).toBe(
    `codex resume ${id} -m gpt-5 --search`,
  )
  expect(resume('codex', 'codex', 'resume', 'old-one', '-c', 'a=b')).toBe(
    `codex resume ${id} -c a=b`,
  )
  expect(resume('copilot', 'copilot', '--allow-tool', 'shell', '--resume=x')).toBe(
    `copilot --allow-tool shell --resume=${id}`,
  )
  expect(
    resume('gemini', 'node', '--max-old-space-size=9', '/b/gemini', '-m', 'pro', 'hello'),
  ).toBe(`gemini -m pro --resume ${id}`)
  expect(resume('opencode', 'opencode', '--agent', 'plan', '/some/folder')).toBe(
    `opencode --agent plan --session ${id}`,
  )
  expect(resume('claude', 'claude', '--model', 'x', '--', '--verbose')).toBe(
    `claude --model x --resume ${id}`,
  )
})

test('nothing but an id can stand where the id goes', () => {
  for (const { resume } of ADAPTERS)
    for (const id of ['', '--yolo', 'a b c d e f', '../../x', 'x;reboot', '$(reboot)'])
      expect(resume?.(id, ['claude']) ?? []).toEqual([])
})

test('interrupting takes one Escape where one does, two where one arms something else', () => {
  const keys = Object.fromEntries(
    ADAPTERS.map(({ kind, keys }) => [kind, keys.interrupt.join(' ')]),
  )
  expect(keys).toEqual({
    claude: 'Escape',
    codex: 'Escape',
    gemini: 'Escape',
    copilot: 'Escape Escape',
    opencode: 'Escape Escape',
    shell: 'C-c',
    other: 'C-c',
  })
})

test("a shell's prompt is told from text that ends like one", () => {
  const prompts = [
    '$',
    '#',
    '❯',
    '(venv) $',
    'user@host:~/src$',
    'user@host:~/v2$',
    'root@box:/# ',
    '[me@host dir]$',
    '~/code %',
    'host% ',
    'me@mac ~ %',
    'bash-5.2$',
    '➜  repo git:(main) ✗',
    'me@host ~/dir>',
    '~/code main ❯',
  ]
  const others = [
    '42%',
    'progress 42%',
    '[####    ] 42%',
    'Total: 42$',
    'costs 42 $',
    '</div>',
    '>>>',
    'Downloading 3 of 7 #',
    'Are you sure? [y/N]',
    '100.0%',
    'plain words',
    '',
  ]
  const says = (row: string) =>
    shell.fromScreen?.({ rows: ['text', row], cols: 80, title: '', alternate: false, at: 1 })?.says
      ?.type ?? 'nothing'
  expect(prompts.filter((row) => says(row) !== 'idle')).toEqual([])
  expect(others.filter((row) => says(row) !== 'nothing')).toEqual([])
})

test('a shell waits at its prompt, works while a command runs, and an editor says neither', () => {
  expect(shell.fromForeground?.(undefined, 1)?.says).toEqual({ type: 'idle' })
  const runs = shell.fromForeground?.('/usr/bin/npm', 1)
  expect(runs).toMatchObject({ says: { type: 'working' }, facts: { tool: 'npm' } })
  expect(shell.fromForeground?.('nvim', 1)).toBeUndefined()
})
