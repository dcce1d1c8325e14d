import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { get } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { test } from 'playwright/test'
import { startTmux, type Tmux } from '../../support/tmux.ts'
import { report, sized } from '../row.ts'
import { median, ratioOf } from '../stats.ts'

const ROUNDS = sized(7, 2)
const PROGRAM = fileURLToPath(new URL('../../../dist/server/main.js', import.meta.url))
const NOTHING = `require('node:http').createServer((q, r) => r.end('ok')).listen(+process.argv[1], '127.0.0.1')`

/** A port that nobody had a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('invariant: no port')
  return address.port
}

/** Status of one answer; undefined while nobody listens. */
function ask(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const request = get(
      { port, host: '127.0.0.1', path: '/api/health', agent: false },
      (answer) => {
        answer.resume().on('end', () => resolve(answer.statusCode))
      },
    )
    request.on('error', () => resolve(undefined))
  })
}

/** Milliseconds from the start of a process to its first good answer; ends the process. */
async function startUp(start: (port: number) => ChildProcess): Promise<number> {
  const port = await freePort()
  const begin = performance.now()
  const child = start(port)
  const ended = once(child, 'exit')
  try {
    while ((await ask(port)) !== 200) {
      if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode} instead`)
      if (performance.now() - begin > 30_000) throw new Error('no answer within 30 s')
      await wait(2)
    }
    return performance.now() - begin
  } finally {
    child.kill('SIGTERM')
    await ended
  }
}

function startDogwatch(tmux: Tmux, home: string, port: number): ChildProcess {
  const folder = (name: string) => {
    mkdirSync(join(home, name), { recursive: true, mode: 0o700 })
    return join(home, name)
  }
  const args = ['serve', '--port', `${port}`, '--tmux-socket', tmux.socketPath]
  return spawn(process.execPath, [PROGRAM, ...args], {
    env: {
      ...tmux.env,
      HOME: home,
      XDG_STATE_HOME: folder('state'),
      XDG_RUNTIME_DIR: folder('runtime'),
    },
    stdio: 'ignore',
  })
}

test('cold start to the first answer', async () => {
  await using tmux = await startTmux()
  await tmux.newSession({ command: 'exec cat' })
  const first: number[] = []
  const again: number[] = []
  const node: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const home = mkdtempSync(join(tmpdir(), 'dogwatch-bench-'))
    try {
      first.push(await startUp((port) => startDogwatch(tmux, home, port)))
      again.push(await startUp((port) => startDogwatch(tmux, home, port)))
      node.push(
        await startUp((port) =>
          spawn(process.execPath, ['-e', NOTHING, `${port}`], { stdio: 'ignore' }),
        ),
      )
    } finally {
      rmSync(home, { recursive: true, force: true })
    }
  }
  for (const { id, name, times } of [
    { id: 'first', name: 'first start, new data folder, to the first 200', times: first },
    { id: 'again', name: 'start to the first 200', times: again },
  ]) {
    await report(test.info(), {
      id: `start.${id}`,
      name,
      unit: 'ms',
      value: median(times),
      floor: { name: 'node with an HTTP server', value: median(node) },
      ratio: ratioOf(
        times.map((time) => [time]),
        node.map((time) => [time]),
      ),
      budget: { of: 'value', max: 1_000 },
      note: `longest of ${times.length}: ${Math.max(...times).toFixed(0)} ms`,
    })
  }
})
