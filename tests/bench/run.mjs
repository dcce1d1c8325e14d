// `npm run bench -- [--only echo,slow] [--quick]`: runs the bench through Playwright's runner, which
// also understands the TypeScript of the tests' support files. Ends with 0 even where a budget is
// missed, because the bench reports; it ends with 1 where a row could not be measured.
import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const here = dirname(fileURLToPath(import.meta.url))
const suffix = '.bench.ts'
const groups = readdirSync(join(here, 'rows'))
  .filter((file) => file.endsWith(suffix))
  .map((file) => file.slice(0, -suffix.length))

const usage = `usage: npm run bench -- [--only NAME[,NAME...]] [--quick]

  --only   measure these groups of rows only: ${groups.join(', ')}
  --quick  fewer keys and rounds, shorter waits: to try the bench, not to judge by it

The table goes to the terminal, the same as JSON to bench-results/.
`

/**
 * Says what is wrong with the arguments and ends with 2.
 * @param {string} message
 * @returns {never}
 */
function refuse(message) {
  process.stderr.write(`bench: ${message}\n\n${usage}`)
  process.exit(2)
}

/** @returns {{ only: string[], quick: boolean }} */
function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        only: { type: 'string', multiple: true, default: [] },
        quick: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    if (values.help) {
      process.stdout.write(usage)
      process.exit(0)
    }
    return { only: values.only.flatMap((names) => names.split(',')), quick: values.quick }
  } catch (error) {
    refuse(error instanceof Error ? error.message : String(error))
  }
}

const { only, quick } = readArguments()
for (const name of only) {
  if (!groups.includes(name)) refuse(`there is no group of rows named "${name}"`)
}

const playwright = join(
  dirname(createRequire(import.meta.url).resolve('playwright/package.json')),
  'cli.js',
)
const files = only.map((name) => `rows/${name.replaceAll('.', '\\.')}\\.bench\\.ts`)
const child = spawn(
  process.execPath,
  [playwright, 'test', '-c', join(here, 'bench.config.ts'), ...files],
  {
    stdio: 'inherit',
    env: { ...process.env, ...(quick ? { DOGWATCH_BENCH_QUICK: '1' } : {}) },
  },
)
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
  // The runner ends its rows in order, so that nothing stays behind; we only wait for it.
  process.on(signal, () => child.kill(signal))
}
child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)))
