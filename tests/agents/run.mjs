// @ts-check
// `npm run test:agents`: the real agents, one after the other, beside the whole program. Ends with 0
// where every phase was seen as it was, and where an agent cannot be had (it says why).
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const here = dirname(fileURLToPath(import.meta.url))

const usage = `usage: npm run test:agents -- [--kind NAME[,NAME...]] [--phase NAME[,NAME...]] [--no-hooks]

  --kind      these agents only: claude, codex, copilot, gemini, opencode; with a version (claude@2.1.239)
              another than the pinned one
  --phase     these parts only: startup, talk, errors, idle, ends, recovery, kills, together
  --no-hooks  without dogwatch's hooks, which are installed otherwise: none in the agent's home, and the
              server run with its own flag of that name
  --size      of the pane, COLSxROWS (120x40)
  --long      "kills" with a turn of 5 minutes and snapshots every 30 s, not a fifth of both
  --record    keeps each phase's screen under tests/fixtures

They are installed by npm below the cache folder (XDG_CACHE_HOME) and talk to a scripted model on
127.0.0.1. The table goes to the terminal and to bench-results/.
`

/** @returns {Record<string, string>} */
function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        kind: { type: 'string', multiple: true, default: [] },
        phase: { type: 'string', multiple: true, default: [] },
        'no-hooks': { type: 'boolean', default: false },
        size: { type: 'string', default: '120x40' },
        long: { type: 'boolean', default: false },
        record: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    })
    if (values.help) {
      process.stdout.write(usage)
      process.exit(0)
    }
    return {
      DOGWATCH_AGENTS_KINDS: values.kind.join(','),
      DOGWATCH_AGENTS_PHASES: values.phase.join(','),
      DOGWATCH_AGENTS_HOOKS: values['no-hooks'] ? '0' : '1',
      DOGWATCH_AGENTS_SIZE: values.size,
      DOGWATCH_AGENTS_LONG: values.long ? '1' : '0',
      DOGWATCH_AGENTS_RECORD: values.record ? '1' : '0',
    }
  } catch (error) {
    process.stderr.write(
      `test:agents: ${error instanceof Error ? error.message : error}\n\n${usage}`,
    )
    process.exit(2)
  }
}

const options = readArguments()
const runner = join(
  dirname(createRequire(import.meta.url).resolve('playwright/package.json')),
  'cli.js',
)
spawn(process.execPath, [runner, 'test', '-c', join(here, 'agents.config.ts')], {
  stdio: 'inherit',
  env: { ...process.env, ...options },
}).on('exit', (code) => process.exit(code ?? 1))
