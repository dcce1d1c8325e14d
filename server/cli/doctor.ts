import { existsSync, lstatSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import type { Config } from '../config.ts'
import { readGuard } from '../core/login-facts.ts'
import { describeHolder, findPortHolder } from '../core/port-holder.ts'
import type { StatusResponse } from '../protocol.ts'
import { forkTmux, TmuxError, tmuxVersion } from '../tmux/command.ts'
import { type Answer, ask, NotRunningError } from './client.ts'

/** One thing that was looked at. `fix` says what to do where it is not `ok`. */
interface Check {
  name: string
  ok: boolean
  found: string
  fix?: string
}

/** `dogwatch doctor`: looks at everything we need and changes nothing. Exit code 1 for any fault. */
export async function examine(config: Config): Promise<Answer> {
  const status = await running(config)
  const checks: Check[] = [
    checkNode(),
    await checkTmux(),
    ...(await Promise.all(config.tmuxSockets.map((path) => checkHub(path, config.hub)))),
    await checkTerminals(),
    await checkLogin(config.tmuxSockets),
    checkPage(),
    checkFolder('data folder', config.dataDir),
    checkFolder('socket folder', config.runDir),
    status ? checkRunning(status) : await checkPort(config.port),
    ...(status ? [checkNotices(status)] : []),
  ]
  const lines = checks.flatMap(({ name, ok, found, fix }) => [
    `${ok ? 'ok   ' : 'FAULT'} ${name}: ${found}`,
    ...(fix && !ok ? [`      ${fix}`] : []),
  ])
  const healthy = checks.every((check) => check.ok)
  return { text: lines.join('\n'), data: { ok: healthy, checks }, code: healthy ? 0 : 1 }
}

function checkNode(): Check {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  return {
    name: 'Node',
    ok: major > 20 || (major === 20 && minor >= 19),
    found: process.versions.node,
    fix: 'Install Node 20.19 or newer.',
  }
}

async function checkTmux(): Promise<Check> {
  const fix = 'Install tmux 3.2 or newer, and see that it is in the PATH.'
  try {
    const version = await tmuxVersion()
    const [, major = '0', minor = '0'] = /(\d+)\.(\d+)/.exec(version) ?? []
    const ok = Number(major) > 3 || (Number(major) === 3 && Number(minor) >= 2)
    return { name: 'tmux', ok, found: version, fix }
  } catch (error) {
    if (!(error instanceof TmuxError)) throw error
    return { name: 'tmux', ok: false, found: error.message, fix }
  }
}

/** The hidden session is not always possible; without it we poll, which is no fault. */
async function checkHub(socketPath: string, wanted: boolean): Promise<Check> {
  const name = `tmux server ${socketPath}`
  try {
    const exits = await forkTmux(socketPath, ['show-options', '-sv', 'exit-unattached'])
    if (!wanted) return { name, ok: true, found: 'runs; asked every 2 s (--no-hub)' }
    if (exits.trim() === 'on') {
      return { name, ok: true, found: 'runs; asked every 2 s, as exit-unattached is on' }
    }
    return { name, ok: true, found: 'runs; changes are pushed' }
  } catch (error) {
    if (!(error instanceof TmuxError)) throw error
    if (error.code === 'no-server') return { name, ok: true, found: 'not running at the moment' }
    return {
      name,
      ok: false,
      found: error.message,
      fix: 'It does not answer: look whether the tmux process is stopped, or the socket not yours.',
    }
  }
}

/** Whether tmux outlives the login. Where that cannot be told it is no fault. */
async function checkLogin(socketPaths: readonly string[]): Promise<Check> {
  const pids = await Promise.all(
    socketPaths.map((path) =>
      forkTmux(path, ['display-message', '-p', '#{pid}']).then(Number, () => 0),
    ),
  )
  const { state, detail, fix } = await readGuard(pids.filter((pid) => pid > 0))
  return { name: 'logout', ok: state !== 'at-risk', found: detail, fix: fix.join('; ') }
}

async function checkTerminals(): Promise<Check> {
  const name = 'terminals (node-pty)'
  const fix = 'Install again: remove node_modules and run npm start.'
  try {
    const { spawn } = await import('node-pty')
    const terminal = spawn('true', [], { cols: 80, rows: 24 })
    await new Promise((resolve) => terminal.onExit(resolve))
    return { name, ok: true, found: 'works' }
  } catch (error) {
    return { name, ok: false, found: String(error), fix }
  }
}

function checkPage(): Check {
  // The program lies in dist/server/cli and the page in dist/web.
  const built = existsSync(join(import.meta.dirname, '..', '..', 'web', 'index.html'))
  return { name: 'page', ok: built, found: built ? 'built' : 'not built', fix: 'npm run build' }
}

function checkFolder(name: string, folder: string): Check {
  if (!existsSync(folder)) {
    const parent = dirname(folder)
    return { name, ok: true, found: `${folder} (will be made in ${parent})` }
  }
  const { mode, uid } = lstatSync(folder)
  const own = uid === process.getuid?.()
  const octal = (mode & 0o777).toString(8)
  return {
    name,
    ok: own && (mode & 0o077) === 0,
    found: `${folder} (mode ${octal}${own ? '' : `, of uid ${uid}`})`,
    fix: own ? `chmod 700 ${folder}` : 'Choose a folder of your own with --data-dir.',
  }
}

function checkRunning(status: StatusResponse): Check {
  const found = `process ${status.pid} at ${status.addresses.join(' ')}`
  return { name: 'server', ok: true, found }
}

function checkNotices({ push: { targets, failing } }: StatusResponse): Check {
  const [first] = failing
  return {
    name: 'notices',
    ok: first === undefined,
    found: first
      ? `do not arrive at ${first.name} (${first.host}): ${first.message}`
      : `${targets} on`,
    fix: 'Open the settings of dogwatch on that device: they say what to do, and try it.',
  }
}

async function checkPort(port: number): Promise<Check> {
  const name = `port ${port}`
  for (const host of ['127.0.0.1', '::1']) {
    const code = await tryPort(host, port)
    if (code === 'EADDRINUSE' || code === 'EACCES') {
      return {
        name,
        ok: false,
        found: `taken on ${host} by ${describeHolder(findPortHolder(host, port))}`,
        fix: 'Stop that program, or start dogwatch with another --port.',
      }
    }
  }
  return { name, ok: true, found: 'free' }
}

function tryPort(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code))
    server.listen(port, host, () => server.close(() => resolve(undefined)))
  })
}

async function running(config: Config): Promise<StatusResponse | undefined> {
  try {
    return await ask<StatusResponse>(config, 'GET', '/api/status')
  } catch (error) {
    if (error instanceof NotRunningError) return undefined
    throw error
  }
}
