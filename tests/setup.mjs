// @ts-check
/**
 * `npm test` on any clone: installs, builds, finds tmux and a browser, then runs every test.
 * Arguments go on to the runner: `npm test -- --project=unit`, `npm test -- tests/tmux/hub.test.ts`.
 * With `--bench` the measurements run instead (`npm run bench`), with `--agents` the real agents
 * (`npm run test:agents`). No browser is downloaded.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fail, prepare, run, say } from '../server/cli/setup.mjs'

/** Debian's name of it; `DOGWATCH_CHROMIUM` names another (see playwright.config.ts). */
const CHROMIUM = process.env.DOGWATCH_CHROMIUM ?? '/usr/bin/chromium'

const args = process.argv.slice(2)
const bench = args.includes('--bench')
const agents = args.includes('--agents')
const rest = args.filter((arg) => arg !== '--bench' && arg !== '--agents')

needs('tmux', onPath('tmux'))
if (bench || (!agents && needsBrowser(rest))) needs('chromium', existsSync(CHROMIUM))
await prepare()

const tests = ['node_modules/playwright/cli.js', 'test', '-c', 'tests/playwright.config.ts']
const program = bench ? ['tests/bench/run.mjs'] : agents ? ['tests/agents/run.mjs'] : tests
await run(process.execPath, [...program, ...rest], { stdio: 'inherit' })

/**
 * Installs a package of the distribution where that is possible without asking anyone.
 * @param {string} name
 * @param {boolean} present
 */
function needs(name, present) {
  if (present) return
  if (process.getuid?.() !== 0 || !onPath('apt-get')) {
    const other = name === 'chromium' ? ', or name a Chromium with DOGWATCH_CHROMIUM' : ''
    fail(`the tests need ${name}: install it (apt install ${name}, brew install ${name})${other}`)
  }
  say(`installing ${name}`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  for (const step of [
    ['update', '-q'],
    ['install', '-y', '-q', '--no-install-recommends', name],
  ]) {
    const { status } = spawnSync('apt-get', step, { env, stdio: ['ignore', 2, 2] })
    if (status !== 0) fail(`apt-get ${step[0]} failed: install ${name} yourself and try again`)
  }
}

/**
 * Whether the chosen projects or files include one that runs in a browser.
 * @param {string[]} chosen
 */
function needsBrowser(chosen) {
  const projects = chosen.filter((arg) => arg.startsWith('--project='))
  const files = chosen.filter((arg) => arg.includes('.test.ts'))
  if (projects.length > 0) return projects.some((arg) => /browser|phone/.test(arg))
  return files.length === 0 || files.some((file) => file.includes('browser'))
}

/** @param {string} program */
function onPath(program) {
  return (process.env.PATH ?? '').split(delimiter).some((dir) => existsSync(join(dir, program)))
}
