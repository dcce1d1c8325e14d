import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Log } from '../server/log.ts'
import type { ReadInput, ReadName, ReadResult } from './reads.ts'

/** A read gives up after so long (milliseconds), its wait for others included. */
const DEADLINE_MS = 10_000
/** More reads than this do not wait: whoever asks hears `busy`. */
const WAITING_MAX = 100

/** `failed`: the read itself threw; `crashed`: its thread died; `ended`: the reader is closed. */
export type ReadErrorCode = 'busy' | 'deadline' | 'failed' | 'crashed' | 'ended'

/** A read brought no result. `sqlite` is SQLite's own code where it gave one, else empty. */
export class ReadError extends Error {
  override name = 'ReadError'
  constructor(
    readonly code: ReadErrorCode,
    readonly read: string,
    message: string,
    readonly sqlite = '',
  ) {
    super(message)
  }
}

/** What goes to the thread, and what comes back: one answer per question, in order. */
export interface Question {
  name: ReadName
  input: unknown
}
export type Reply = { value: unknown } | { failed: { code: string; message: string } }

interface Call extends Question {
  done: (value: unknown) => void
  failed: (error: ReadError) => void
  timer: NodeJS.Timeout
}

/**
 * Heavy reads, in a thread with a read-only connection of its own, so that they delay nobody's
 * keystrokes: better-sqlite3 is synchronous. One read runs at a time, in the order of the calls.
 * The thread starts with the first call, and anew after a crash. A read past its deadline cannot
 * be interrupted within SQLite, so it is left behind with its thread, and the next read gets
 * another.
 */
export class Reader {
  readonly #file: string
  readonly #log: Log
  readonly #program: string
  readonly #signal: AbortSignal
  readonly #leaving = new Set<Promise<unknown>>()
  #worker: Worker | undefined
  #running: Call | undefined
  #waiting: Call[] = []

  /** `program`: the compiled thread, beside this file unless this one was not compiled itself. */
  constructor({
    file,
    log,
    signal,
    program = join(import.meta.dirname, 'reader-worker.js'),
  }: {
    file: string
    log: Log
    signal: AbortSignal
    program?: string
  }) {
    this.#file = file
    this.#log = log
    this.#signal = signal
    this.#program = program
    signal.addEventListener('abort', () => void this.close(), { once: true })
  }

  /** Runs one of `READS` in the thread. Rejects with `ReadError` and nothing else. */
  call<Name extends ReadName>(
    name: Name,
    input: ReadInput<Name>,
    { deadlineMs = DEADLINE_MS }: { deadlineMs?: number } = {},
  ): Promise<ReadResult<Name>> {
    return new Promise((resolve, reject) => {
      if (this.#signal.aborted) return reject(ended(name))
      if (this.#waiting.length >= WAITING_MAX) {
        return reject(new ReadError('busy', name, `${name}: too many reads wait already`))
      }
      const call: Call = {
        name,
        input,
        done: (value) => resolve(value as ReadResult<Name>),
        failed: reject,
        timer: setTimeout(() => this.#expire(call, deadlineMs), deadlineMs),
      }
      this.#waiting.push(call)
      this.#next()
    })
  }

  /** Ends the thread; what waits is rejected with `ended`. Resolves when the file is let go of. */
  async close(): Promise<void> {
    for (const call of this.#takeAll()) this.#settle(call, () => call.failed(ended(call.name)))
    this.#leave()
    await Promise.all(this.#leaving)
  }

  #next(): void {
    if (this.#running) return
    const call = this.#waiting.shift()
    if (!call) return
    this.#running = call
    this.#worker ??= this.#start()
    const { name, input } = call
    this.#worker.postMessage({ name, input } satisfies Question)
  }

  #start(): Worker {
    const worker = new Worker(this.#program, { workerData: { file: this.#file } })
    // It keeps no program from its end.
    worker.unref()
    worker.on('message', (reply: Reply) => {
      const call = this.#running
      if (worker !== this.#worker || !call) return
      this.#running = undefined
      this.#settle(call, () => {
        if ('value' in reply) return call.done(reply.value)
        const { code, message } = reply.failed
        call.failed(new ReadError('failed', call.name, message, code))
      })
      this.#next()
    })
    worker.on('error', (error) => this.#crashed(worker, error))
    worker.on('exit', (code) => this.#crashed(worker, new Error(`its thread ended with ${code}`)))
    return worker
  }

  #crashed(worker: Worker, error: Error): void {
    if (worker !== this.#worker) return
    this.#worker = undefined
    const call = this.#running
    this.#running = undefined
    this.#log.error({ error, read: call?.name }, 'the thread of heavy reads died')
    if (call) {
      this.#settle(call, () => call.failed(new ReadError('crashed', call.name, error.message)))
    }
    this.#next()
  }

  #expire(call: Call, ms: number): void {
    if (call === this.#running) {
      this.#running = undefined
      this.#leave()
    } else {
      this.#waiting = this.#waiting.filter((other) => other !== call)
    }
    call.failed(new ReadError('deadline', call.name, `${call.name} took longer than ${ms} ms`))
    this.#next()
  }

  #leave(): void {
    const worker = this.#worker
    this.#worker = undefined
    if (!worker) return
    const left = worker.terminate().finally(() => this.#leaving.delete(left))
    this.#leaving.add(left)
  }

  #takeAll(): Call[] {
    const calls = [...(this.#running ? [this.#running] : []), ...this.#waiting]
    this.#running = undefined
    this.#waiting = []
    return calls
  }

  #settle(call: Call, tell: () => void): void {
    clearTimeout(call.timer)
    tell()
  }
}

function ended(name: string): ReadError {
  return new ReadError('ended', name, 'dogwatch is stopping')
}
