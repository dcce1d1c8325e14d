/// <reference path="./node-pty.d.ts" />
import { writeSync } from 'node:fs'
import { type IPty, spawn } from 'node-pty'

export interface PtyOptions {
  cols: number
  rows: number
  env: NodeJS.ProcessEnv
  /** Every byte the program prints, as it comes. */
  onData: (bytes: Buffer) => void
  /** Called once, when program and terminal are both gone. */
  onExit: () => void
}

/** What node-pty's Unix terminal has beyond its declared type. */
interface UnixPty extends IPty {
  readonly fd: number
  /** Path of the terminal's other end, `/dev/pts/5`. */
  readonly ptsName: string
  on(event: 'close', listener: () => void): void
}

interface Pending {
  bytes: Uint8Array
  /** Bytes of it that the kernel has taken. */
  taken: number
  settle: (taken: number) => void
}

/** Milliseconds between tries to write into a full terminal, growing. */
const RETRY_MS = [1, 2, 4, 8, 16, 32] as const
/** A tmux client leaves within milliseconds of SIGHUP, unless its server is stopped. */
const LEAVE_MS = 1_500

/**
 * One program on a pseudoterminal. It is never paused, so its output must be taken as it comes.
 *
 * Input is written here and not by node-pty: with a full terminal node-pty 1.1 spins inside its
 * write and freezes the whole process (measured: one megabyte to a stopped reader never returns).
 * The descriptor is non-blocking, so what does not fit waits here and is tried again a little later.
 */
export class Pty {
  readonly pid: number
  /** Path of the terminal, by which tmux names the client. */
  readonly path: string
  readonly #pty: UnixPty
  readonly #exited: Promise<void>
  #pending: Pending[] = []
  #pendingBytes = 0
  #retry: NodeJS.Timeout | undefined
  #tries = 0
  /** The descriptor is closed: its number may already be another file's. */
  #closed = false
  #hasExited = false

  /** Starts `program`; throws where it cannot be started (no terminals or processes left). */
  constructor(program: string, argv: readonly string[], options: PtyOptions) {
    this.#pty = spawn(program, [...argv], {
      name: 'xterm-256color',
      cols: options.cols,
      rows: options.rows,
      cwd: '/',
      env: options.env,
      // Bytes: decoding here would cost time and break what is not UTF-8.
      encoding: null,
    }) as UnixPty
    this.pid = this.#pty.pid
    this.path = this.#pty.ptsName
    this.#pty.onData((chunk: unknown) => {
      options.onData(Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk)))
    })
    this.#pty.on('close', () => this.#close())
    this.#exited = new Promise((resolve) => {
      this.#pty.onExit(() => {
        this.#hasExited = true
        this.#close()
        options.onExit()
        resolve()
      })
    })
  }

  get pendingBytes(): number {
    return this.#pendingBytes
  }

  get isClosed(): boolean {
    return this.#closed
  }

  /** Writes in order; resolves with the number of bytes the kernel took, fewer when the terminal ended. */
  write(bytes: Uint8Array): Promise<number> {
    if (this.#closed) return Promise.resolve(0)
    return new Promise((settle) => {
      this.#pending.push({ bytes, taken: 0, settle })
      this.#pendingBytes += bytes.length
      if (!this.#retry) this.#flush()
    })
  }

  /** Takes a size in cells; the caller keeps it in bounds. Nothing happens after the end. */
  resize(cols: number, rows: number): void {
    if (this.#closed || (cols === this.#pty.cols && rows === this.#pty.rows)) return
    try {
      this.#pty.resize(cols, rows)
    } catch {
      // It ended in this moment and its descriptor is gone (EBADF); the exit is told in its own time.
    }
  }

  /** Ends the program: SIGHUP as a lost terminal sends it, and SIGKILL where that does not help. */
  async end(): Promise<void> {
    // What waits was not taken; writers must not wait for a terminal that nobody reads.
    this.#settleAll()
    if (this.#hasExited) return
    this.signal('SIGHUP')
    const timer = setTimeout(() => this.signal('SIGKILL'), LEAVE_MS)
    await this.#exited
    clearTimeout(timer)
  }

  /** Sends the program a signal, unless it has ended. */
  signal(signal: NodeJS.Signals): void {
    if (this.#hasExited) return
    try {
      process.kill(this.pid, signal)
    } catch {
      // It has ended already and is being reaped.
    }
  }

  #flush(): void {
    this.#retry = undefined
    for (let first = this.#pending[0]; first && !this.#closed; first = this.#pending[0]) {
      try {
        const taken = writeSync(this.#pty.fd, first.bytes, first.taken)
        first.taken += taken
        this.#pendingBytes -= taken
        this.#tries = 0
      } catch (error) {
        const wait = RETRY_MS[Math.min(this.#tries, RETRY_MS.length - 1)]
        this.#tries += 1
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') this.#settleAll()
        else this.#retry = setTimeout(() => this.#flush(), wait)
        return
      }
      if (first.taken < first.bytes.length) continue
      this.#pending.shift()
      first.settle(first.taken)
    }
  }

  #close(): void {
    this.#closed = true
    this.#settleAll()
  }

  #settleAll(): void {
    clearTimeout(this.#retry)
    this.#retry = undefined
    const pending = this.#pending
    this.#pending = []
    this.#pendingBytes = 0
    for (const { settle, taken } of pending) settle(taken)
  }
}
