import { tmpdir } from 'node:os'
import type { Tmux } from '../support/tmux.ts'

/** What the panes of the pictures show. Plain text with escape sequences, printed by `sh`. */
const SCENES: readonly {
  name: string
  folder: string
  lines: readonly string[]
  program: string
}[] = [
  {
    name: 'billing-api',
    folder: 'billing-api',
    lines: [
      '\x1b[2m$\x1b[0m npm test',
      '',
      '\x1b[1m billing-api\x1b[0m  vitest run',
      '',
      ' \x1b[32m✓\x1b[0m src/invoice.test.ts \x1b[2m(14 tests)\x1b[0m 212 ms',
      ' \x1b[32m✓\x1b[0m src/ledger.test.ts \x1b[2m(31 tests)\x1b[0m 640 ms',
      ' \x1b[31m✗\x1b[0m src/refund.test.ts \x1b[2m(9 tests, 1 failed)\x1b[0m 188 ms',
      '   \x1b[31m→ a refund in another currency keeps its rate\x1b[0m',
      '     expected \x1b[32m104.20\x1b[0m, received \x1b[31m104.19\x1b[0m',
      '       \x1b[2mat src/refund.ts:48:12\x1b[0m',
      '',
      ' Test files  \x1b[31m1 failed\x1b[0m, \x1b[32m2 passed\x1b[0m (3)',
      '      Tests  \x1b[31m1 failed\x1b[0m, \x1b[32m53 passed\x1b[0m (54)',
      '',
    ],
    program: 'exec sh',
  },
  {
    name: 'auth-refactor',
    folder: 'auth',
    lines: [
      '\x1b[36m●\x1b[0m Reading \x1b[1mserver/session.ts\x1b[0m',
      '  ⎿  214 lines',
      '',
      '\x1b[36m●\x1b[0m Update(\x1b[1mserver/session.ts\x1b[0m)',
      '  ⎿  \x1b[32m+ const expires = clock.now() + LIFETIME_MS\x1b[0m',
      '     \x1b[31m- const expires = Date.now() + 3600000\x1b[0m',
      '',
      '\x1b[35m✻\x1b[0m Running the tests…',
    ],
    program: 'while :; do printf .; sleep 1; done',
  },
  {
    name: 'docs-site',
    folder: 'docs',
    lines: ['  \x1b[32m➜\x1b[0m  Local: http://127.0.0.1:5173/'],
    program: 'exec sleep 100000',
  },
  {
    name: 'search-index',
    folder: 'search',
    lines: ['indexed 1,204,331 of 1,204,331 documents'],
    program: 'exec sh',
  },
  { name: 'infra', folder: 'infra', lines: [], program: 'exec sh' },
]

/** Makes a few sessions as a working day has them; the names of all. */
export async function makeScene(tmux: Tmux): Promise<string[]> {
  for (const { name, folder, lines, program } of SCENES) {
    const cwd = `${tmpdir()}/work/${folder}`
    const text = lines.join('\\n').replaceAll("'", "'\\''")
    const command = `mkdir -p '${cwd}'; cd '${cwd}'; PS1='$ '; export PS1; printf '%b\\n' '${text}'; ${program}`
    await tmux.newSession({ name, cols: 120, rows: 36, command })
  }
  return SCENES.map(({ name }) => name)
}
