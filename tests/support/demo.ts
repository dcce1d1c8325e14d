import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { PairResponse, PairTicketResponse } from '../../server/protocol.ts'
import { atExit } from './leftovers.ts'
import { MAIN, type Requests, requests } from './server.ts'

/** `dogwatch demo` as a person starts it, with a temp folder of its own to look into afterwards. */
export class Demo {
  /** Where it makes its folder. */
  readonly parent = mkdtempSync(join(tmpdir(), 'dogwatch-demo-test-'))
  readonly #child: ChildProcess
  #greeting = { port: 0, socket: '' }

  private constructor() {
    this.#child = spawn(process.execPath, [MAIN, 'demo', '--json'], {
      env: { PATH: process.env.PATH ?? '/usr/bin:/bin', TMPDIR: this.parent, HOME: this.parent },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const keep = atExit(() => {
      this.#child.kill('SIGTERM')
    })
    this.#child.once('exit', keep)
  }

  static async start(): Promise<Demo> {
    const demo = new Demo()
    const { stdout } = demo.#child
    if (!stdout) throw new Error('no stdout')
    const [line] = await once(stdout, 'data')
    demo.#greeting = JSON.parse(`${line}`)
    return demo
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  get url(): string {
    return `http://127.0.0.1:${this.#greeting.port}`
  }

  /** The folder that holds all of it. */
  get folder(): string {
    return dirname(dirname(this.#greeting.socket))
  }

  get dataDir(): string {
    return join(this.folder, 'data')
  }

  get tmuxSocket(): string {
    return join(this.folder, 'tmux.sock')
  }

  /** Requests with a token, or without any. */
  api(token?: string): Requests {
    return requests(this.#greeting.port, token)
  }

  async pair(): Promise<string> {
    const local = readFileSync(join(this.dataDir, 'local-token'), 'utf8')
    const made = await this.api(local).post<PairTicketResponse>('/api/tickets', { scope: 'full' })
    const { ticket } = made.json
    return (await this.api().post<PairResponse>('/api/pair', { ticket, name: 'test' })).json.token
  }

  /** Ends it; its exit code, null where the signal allows none. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return null
    const ended = once(this.#child, 'exit')
    this.#child.kill(signal)
    const [code] = await ended
    return code
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('SIGTERM')
    rmSync(this.parent, { recursive: true, force: true })
  }
}
