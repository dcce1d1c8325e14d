// @ts-check
/**
 * What `npm start`, `npm run build` and `npm run dev` do on any clone: install and build what is
 * missing or out of date, and nothing twice. Plain JavaScript on Node's own modules, because it
 * runs before anything is installed. All words go to stderr: stdout is the program's.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { extname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const ROOT = resolve(import.meta.dirname ?? '.', '..', '..')
const INSTALLED = join(ROOT, 'node_modules', '.dogwatch-installed')
const BUILT = join(ROOT, 'dist', '.dogwatch-built')
const MAIN = join(ROOT, 'dist', 'server', 'main.js')
const SOURCES = ['server', 'db', 'web', 'package.json', 'package-lock.json', 'tsconfig.json']
const COMPRESSIBLE = new Set(['.html', '.js', '.css', '.json', '.svg', '.webmanifest', '.txt'])

/** Ends the process with a sentence where Node is older than the packages need. */
export function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  fail(`dogwatch needs Node 20.19 or newer, but this is ${process.versions.node}`)
}

/** Installs the packages of the lockfile, if that or Node has changed since the last time. */
export async function install() {
  // The lockfile repeats what package.json asks for; a new script in there needs no packages.
  const stamp = hash([
    readFileSync(join(ROOT, 'package-lock.json')),
    `${process.versions.modules} ${process.platform} ${process.arch}`,
  ])
  if (readStamp(INSTALLED) === stamp) return
  say('installing packages (once; a minute or two)')
  // Not `npm ci`: that refuses a lockfile without the optional packages of other platforms.
  const env = { ...process.env, ...headers(), PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1' }
  const flags = ['--no-save', '--no-audit', '--no-fund', '--loglevel=error']
  const cure =
    'the database module (better-sqlite3) has to be compiled where its ready-made file cannot be ' +
    'downloaded: that needs a C++ compiler, make and python3'
  await run('npm', ['install', ...flags], { env, cure })
  if (!(await loadsSqlite())) {
    say('building the database module')
    await run('npm', ['rebuild', 'better-sqlite3', '--foreground-scripts'], { env, cure })
    if (!(await loadsSqlite())) fail(cure)
  }
  writeFileSync(INSTALLED, stamp)
}

/** Makes `dist/`, if a source has changed since the last time. */
export async function build() {
  const stamp = hash(sourceFiles().flatMap((file) => [file, readFileSync(join(ROOT, file))]))
  if (readStamp(BUILT) === stamp && existsSync(MAIN)) return
  say('building')
  rmSync(BUILT, { force: true })
  await Promise.all([
    run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json']),
    run(process.execPath, ['node_modules/vite/bin/vite.js', 'build', '--logLevel', 'error']),
  ])
  copyMigrations()
  copyHookScript()
  compressPage(join(ROOT, 'dist', 'web'))
  writeFileSync(BUILT, stamp)
}

/** Installs and builds what is missing. */
export async function prepare() {
  checkNode()
  await install()
  await build()
}

/** @param {string[]} args */
async function start(args) {
  await prepare()
  process.argv = [process.execPath, MAIN, ...args]
  await import(pathToFileURL(MAIN).href)
}

/**
 * The server restarts and the page reloads when their sources change; the page is at Vite's address.
 * @param {string[]} args
 */
async function dev(args) {
  await prepare()
  const node = process.execPath
  const watchers = [
    run(node, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json', '--watch']),
    run(node, ['node_modules/vite/bin/vite.js']),
    run(node, ['--watch', '--watch-preserve-output', MAIN, ...args]),
  ]
  await Promise.all(watchers)
}

/** The script that agents call is no TypeScript. */
function copyHookScript() {
  cpSync(
    join(ROOT, 'server', 'agents', 'hook.sh'),
    join(ROOT, 'dist', 'server', 'agents', 'hook.sh'),
  )
}

function copyMigrations() {
  const target = join(ROOT, 'dist', 'db', 'migrations')
  rmSync(target, { recursive: true, force: true })
  mkdirSync(join(ROOT, 'dist', 'db'), { recursive: true })
  cpSync(join(ROOT, 'db', 'migrations'), target, { recursive: true })
}

/**
 * Leaves `.br` and `.gz` beside every file that gets smaller by them.
 * @param {string} folder
 */
function compressPage(folder) {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!COMPRESSIBLE.has(extname(name))) continue
    const file = join(folder, name)
    const body = readFileSync(file)
    const brotli = brotliCompressSync(body, {
      params: { [constants.BROTLI_PARAM_SIZE_HINT]: body.length },
    })
    const gzip = gzipSync(body, { level: 9 })
    if (brotli.length < body.length) writeFileSync(`${file}.br`, brotli)
    if (gzip.length < body.length) writeFileSync(`${file}.gz`, gzip)
  }
}

/** @returns {string[]} paths below the root of everything that decides what `dist/` holds */
function sourceFiles() {
  const below = SOURCES.flatMap((source) => {
    const path = join(ROOT, source)
    if (extname(source)) return [source]
    return readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(ROOT.length + 1))
  })
  return [...below, 'vite.config.ts'].sort()
}

/** Node's own headers, where they lie beside it: a compilation then downloads nothing. */
function headers() {
  const root = resolve(realpathSync(process.execPath), '..', '..')
  const there = existsSync(join(root, 'include', 'node', 'node.h'))
  return there && !process.env.npm_config_nodedir ? { npm_config_nodedir: root } : {}
}

/** A process of its own: a module that was loaded before it was rebuilt stays broken in this one. */
function loadsSqlite() {
  const child = spawn(process.execPath, ['-e', "new (require('better-sqlite3'))(':memory:')"], {
    cwd: ROOT,
    stdio: 'ignore',
  })
  return new Promise((done) => child.on('exit', (code) => done(code === 0)))
}

/**
 * Runs a program to its end; a failure ends this process too, after the cure for it if one is known.
 * @param {string} program
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions & { cure?: string }} [options]
 * @returns {Promise<void>}
 */
export function run(program, args, { cure, ...options } = {}) {
  // stdout to stderr, see above.
  const child = spawn(program, args, { cwd: ROOT, stdio: ['ignore', 2, 2], ...options })
  return new Promise((done) => {
    child.on('error', (error) => fail(`${program} cannot be run: ${error.message}`))
    child.on('exit', (code, signal) => {
      if (code === 0) return done()
      say(`${[program, ...args].join(' ')} failed (${signal ?? `exit code ${code}`})`)
      if (cure) say(cure)
      process.exit(1)
    })
  })
}

/** @param {string} file */
function readStamp(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined
}

/** @param {(string | Buffer)[]} parts */
function hash(parts) {
  const sum = createHash('sha256')
  for (const part of parts) sum.update(part).update('\0')
  return sum.digest('hex')
}

/** @param {string} text */
export function say(text) {
  process.stderr.write(`dogwatch: ${text}\n`)
}

/**
 * @param {string} text
 * @returns {never}
 */
export function fail(text) {
  say(text)
  process.exit(1)
}

const COMMANDS = { start, build: prepare, dev }

if (process.argv[1] && resolve(process.argv[1]) === resolve(import.meta.filename ?? '')) {
  const [name = 'start', ...args] = process.argv.slice(2)
  const command = COMMANDS[/** @type {keyof typeof COMMANDS} */ (name)]
  if (!command) fail(`unknown command "${name}" (one of ${Object.keys(COMMANDS).join(', ')})`)
  await command(args)
}
