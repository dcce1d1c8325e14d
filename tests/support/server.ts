import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { text as readText } from 'node:stream/consumers'
import { type RawData, WebSocket } from 'ws'
import type { PairResponse, PairTicketResponse, Scope } from '../../server/protocol.ts'
import { atExit } from './leftovers.ts'

/** The built program: `npm test` builds it first. */
export const MAIN = resolve(import.meta.dirname, '../../dist/server/main.js')

export interface ServerOptions {
  /** The tmux whose server is watched; without it nobody listens at the socket. */
  tmux?: { readonly dir: string }
  /** Further flags of the program. */
  args?: readonly string[]
  env?: Readonly<Record<string, string>>
  /** Folder below its home in which it is started, which the test makes; by default the home itself. */
  cwd?: string
  /** Another build of the program than that of this folder. */
  main?: string
  /** TCP port; a free one by default. */
  port?: number
}

/** What a program printed and how it ended. */
export interface Ended {
  code: number
  stdout: string
  stderr: string
}

/** One answer: status, headers and body as text and, where it is JSON, as data. */
export interface Reply<T = unknown> {
  status: number
  headers: Readonly<Record<string, string | string[] | undefined>>
  text: string
  json: T
}

/** Starts the real program on a free port, with home and XDG folders of its own. */
export async function startServer(options: ServerOptions = {}): Promise<Server> {
  const server = new Server(options)
  await server.start()
  return server
}

export class Server {
  /** Scratch folder that holds its home, data and sockets. */
  readonly home = mkdtempSync(join(tmpdir(), 'dogwatch-'))
  readonly dataDir = join(this.home, 'state', 'dogwatch')
  readonly #options: ServerOptions
  #child: ChildProcess | undefined
  readonly #keep = atExit(() => {
    this.#child?.kill('SIGTERM')
    rmSync(this.home, { recursive: true, force: true })
  })
  #greeting = { url: '', ticket: '', port: 0, socket: '', expiresAt: 0 }
  #stdout = ''
  #stderr = ''

  constructor(options: ServerOptions) {
    this.#options = options
  }

  /** `http://127.0.0.1:PORT`. */
  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  get port(): number {
    return this.#greeting.port
  }

  /** Path of the unix socket. */
  get socketPath(): string {
    return this.#greeting.socket
  }

  get pid(): number {
    return this.#child?.pid ?? 0
  }

  /** The one-use link of this start. */
  get link(): string {
    return this.#greeting.url
  }

  /** Everything it has printed, over all its starts. */
  get output(): { stdout: string; stderr: string } {
    return { stdout: this.#stdout, stderr: this.#stderr }
  }

  /** Its environment: nothing of the test's own but the PATH. */
  get env(): Record<string, string> {
    const tmuxDir = this.#options.tmux?.dir ?? this.home
    return {
      PATH: process.env.PATH ?? '/usr/bin:/bin',
      HOME: this.home,
      SHELL: '/bin/sh',
      LC_ALL: 'C.UTF-8',
      XDG_STATE_HOME: join(this.home, 'state'),
      XDG_RUNTIME_DIR: join(this.home, 'run'),
      TMUX_TMPDIR: tmuxDir,
      ...this.#options.env,
    }
  }

  /** Starts it, or starts it again in the same folders and on the same port after its end. */
  async start(): Promise<void> {
    const port = this.port || (this.#options.port ?? 0)
    const main = this.#options.main ?? MAIN
    const args = [main, '--json', '--port', `${port}`, ...(this.#options.args ?? [])]
    const child = spawn(process.execPath, args, {
      env: this.env,
      cwd: join(this.home, this.#options.cwd ?? ''),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#child = child
    // A test that timed out is never disposed of: its server must not outlive the runner's process.
    const endWithUs = () => child.kill('SIGKILL')
    process.once('exit', endWithUs)
    child.once('exit', () => process.off('exit', endWithUs))
    child.stderr.setEncoding('utf8').on('data', (chunk) => {
      this.#stderr += chunk
    })
    const greeted = new Promise<string>((done, failed) => {
      let line = ''
      child.stdout.setEncoding('utf8').on('data', (chunk) => {
        this.#stdout += chunk
        line += chunk
        if (line.includes('\n')) done(line)
      })
      child.once('exit', (code) => failed(new Error(`ended with ${code}: ${this.#stderr}`)))
    })
    this.#greeting = JSON.parse(await greeted)
  }

  /** Runs one command of the program for this server's folders, such as `url` or `devices`. */
  command(...args: string[]): Promise<Ended> {
    return runProgram(args, this.env)
  }

  /** Pairs a device as a page does; returns its token. */
  async pair(scope: Scope = 'full', name = 'test'): Promise<string> {
    const local = readFileSync(join(this.dataDir, 'local-token'), 'utf8')
    const made = await this.api(local).post<PairTicketResponse>('/api/tickets', { scope })
    const paired = await this.api().post<PairResponse>('/api/pair', {
      ticket: made.json.ticket,
      name,
    })
    return paired.json.token
  }

  /** Requests with a token, or without any. */
  api(token?: string): Requests {
    return requests(this.port, token)
  }

  /** A fresh one-use ticket for a socket. */
  async socketTicket(token: string): Promise<string> {
    const reply = await this.api(token).post<{ ticket: string }>('/api/ws-ticket')
    return reply.json.ticket
  }

  /**
   * Opens a socket as a page does, and waits until it is open. The first message may come in the
   * same moment: whoever needs that listens by `onMessage`.
   */
  async ws(
    path: string,
    token: string,
    onMessage: (data: RawData, isBinary: boolean) => void = () => {},
  ): Promise<WebSocket> {
    const ticket = await this.socketTicket(token)
    const socket = new WebSocket(
      `ws://127.0.0.1:${this.port}${path}`,
      ['dogwatch.v1', `ticket.${ticket}`],
      { origin: this.url },
    )
    socket.on('message', onMessage)
    await once(socket, 'open')
    return socket
  }

  /** Opens the feed and waits for its hello. */
  async feed(token: string): Promise<WebSocket> {
    let hello = () => {}
    const greeted = new Promise<void>((done) => {
      hello = done
    })
    const socket = await this.ws('/ws/feed', token, () => hello())
    await greeted
    return socket
  }

  /** Ends it in order and returns its exit code. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null) {
      return child?.exitCode ?? null
    }
    const ended = once(child, 'exit')
    child.kill(signal)
    const [code] = await ended
    return code
  }

  /** Ends it as a crash or the kernel would. */
  async kill9(): Promise<void> {
    await this.stop('SIGKILL')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
    this.#keep()
    rmSync(this.home, { recursive: true, force: true })
  }
}

/** Requests to the server at a port, with a token or without any. */
export function requests(port: number, token?: string) {
  const send = <T>(method: string, path: string, body?: unknown, headers = {}) =>
    fetchFrom<T>(port, method, path, {
      headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...headers },
      body,
    })
  return {
    send,
    get: <T>(path: string) => send<T>('GET', path),
    post: <T>(path: string, body: unknown = {}) => send<T>('POST', path, body),
    patch: <T>(path: string, body: unknown = {}) => send<T>('PATCH', path, body),
    delete: <T>(path: string) => send<T>('DELETE', path),
  }
}

export type Requests = ReturnType<typeof requests>

/** Runs the program to its end. */
export function runProgram(args: string[], env: Record<string, string>): Promise<Ended> {
  return new Promise((done) => {
    execFile(process.execPath, [MAIN, ...args], { env }, (error, stdout, stderr) => {
      const code = typeof error?.code === 'number' ? error.code : error ? -1 : 0
      done({ code, stdout, stderr })
    })
  })
}

/** One request on a connection of its own; header values may be lists, to send one twice. */
export async function fetchFrom<T = unknown>(
  place: number | string,
  method: string,
  path: string,
  options: { headers?: Record<string, string | string[]>; body?: unknown } = {},
): Promise<Reply<T>> {
  const raw = typeof options.body === 'string' || Buffer.isBuffer(options.body)
  const body = raw ? (options.body as string | Buffer) : JSON.stringify(options.body)
  const outgoing = request({
    ...(typeof place === 'number' ? { host: '127.0.0.1', port: place } : { socketPath: place }),
    agent: false,
    method,
    path,
    headers: {
      ...(typeof place === 'string' ? { host: 'localhost' } : {}),
      ...(body === undefined || raw ? {} : { 'content-type': 'application/json' }),
      // Node sends none by itself with DELETE, which makes the body the start of the next request.
      ...(body === undefined ? {} : { 'content-length': `${Buffer.byteLength(body)}` }),
      ...options.headers,
    },
  })
  const answered = once(outgoing, 'response')
  outgoing.end(body)
  const [response] = await answered
  const text = await readText(response)
  const isJson = `${response.headers['content-type']}`.startsWith('application/json')
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    text,
    json: (isJson && text ? JSON.parse(text) : undefined) as T,
  }
}

/** Whether a process of this id is there. */
export function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    // It was not there, or ended while it was read.
    return false
  }
}
