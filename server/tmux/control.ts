import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync } from 'node:fs'
import type { Readable, Writable } from 'node:stream'
import { deadlineOf, type RunOptions, tmuxEnv } from './command.ts'
import { type ControlEvent, ControlParser, commandLine } from './control-parser.ts'
import { classify, TmuxError } from './errors.ts'
import { type FifoPaths, openFifos } from './fifo.ts'

interface Waiting {
  argv: readonly string[]
  /** Undefined once the deadline has passed: the answer still comes and must be taken off the line. */
  settle: ((error: TmuxError | undefined, output: Buffer) => void) | undefined
}

/** How long a client may take to leave by itself before it is killed (milliseconds). */
const LEAVE_MS = 1_000
/** After the client's end, for what it had written before (milliseconds). */
const LAST_WORDS_MS = 50
/** Bytes of tmux's last words that are kept. */
const STDERR_BYTES = 4_096

/**
 * One control-mode client over plain pipes: commands go in as lines, answers come back in order. It
 * costs no process per command. It always reads, because a client that does not makes tmux hold its
 * output in memory.
 */
export class ControlClient {
  /** Settles with the first command's outcome: the client is attached, or why it is not. */
  readonly opened: Promise<void>
  /** Resolves with the reason when the client has ended. */
  readonly ended: Promise<string>
  readonly #child: ChildProcess
  readonly #input: Writable
  readonly #output: Readable
  readonly #parser = new ControlParser()
  readonly #waiting: Waiting[] = []
  readonly #onLate: () => void
  #resolveOpened: ((error?: TmuxError) => void) | undefined
  #isOpen = true
  #isGathering = false
  #reason = ''
  #stderr = ''

  /**
   * Starts `tmux -C <argv>` at the socket; it never starts a server. `onLate` hears of an answer
   * that came after its deadline: tmux lives again. With `fifos` it talks through named pipes, which
   * somebody else can hold open beyond our end.
   */
  constructor(
    socketPath: string,
    argv: readonly string[],
    options: { onLate?: () => void; fifos?: FifoPaths } = {},
  ) {
    this.#onLate = options.onLate ?? (() => {})
    const pipes = options.fifos && openFifos(options.fifos)
    // A session of its own: Ctrl-C in our terminal must not reach it before we have cleaned up.
    const child = spawn('tmux', ['-N', '-u', '-S', socketPath, '-C', ...argv], {
      env: tmuxEnv(),
      detached: true,
      stdio: [pipes?.child.stdin ?? 'pipe', pipes?.child.stdout ?? 'pipe', 'pipe'],
    })
    if (pipes) {
      closeSync(pipes.child.stdin)
      closeSync(pipes.child.stdout)
    }
    this.#child = child
    this.#input = required(pipes?.ours.stdin ?? child.stdin)
    this.#output = required(pipes?.ours.stdout ?? child.stdout)
    const stderr = required(child.stderr)
    this.opened = new Promise((resolve, reject) => {
      this.#resolveOpened = (error) => (error ? reject(error) : resolve())
    })
    // Whoever awaits it hears of it; nobody may be there when the client is closed at once.
    this.opened.catch(() => {})
    this.ended = new Promise((resolve) => {
      child.once('error', (error) => this.#end(error.message, resolve))
      child.once('exit', () => {
        // tmux's server has our pipes too: when it is stopped they stay open without the client.
        setTimeout(() => {
          this.#input.destroy()
          this.#output.destroy()
          stderr.destroy()
        }, LAST_WORDS_MS)
      })
      child.once('close', () => this.#end(this.#reason || this.#stderr.trim() || 'ended', resolve))
    })
    // A broken pipe is told by `ended`.
    this.#input.on('error', () => {})
    this.#output.on('error', () => {})
    this.#output.on('data', (chunk: Buffer) => {
      for (const event of this.#parser.feed(chunk)) this.#take(event)
    })
    stderr.on('data', (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString('utf8')).slice(-STDERR_BYTES)
    })
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  /** Runs one command; its output as bytes. Rejects with a `TmuxError`. */
  run(argv: readonly string[], options: RunOptions = {}): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      if (!this.#isOpen) return reject(new TmuxError('gone', argv, 'the control client has ended'))
      if (options.signal?.aborted) return reject(new TmuxError('timeout', argv, 'given up'))
      const ms = deadlineOf(argv, options)
      const giveUp = (why: string) => {
        finish()
        waiting.settle = undefined
        reject(new TmuxError('timeout', argv, why))
      }
      const timer = setTimeout(() => giveUp(`no answer within ${ms} ms`), ms)
      const onAbort = () => giveUp('given up')
      options.signal?.addEventListener('abort', onAbort, { once: true })
      const finish = () => {
        clearTimeout(timer)
        options.signal?.removeEventListener('abort', onAbort)
      }
      const waiting: Waiting = {
        argv,
        settle: (error, output) => {
          finish()
          if (error) reject(error)
          else resolve(output)
        },
      }
      this.#waiting.push(waiting)
      this.#write(commandLine(argv))
    })
  }

  /** Commands of one tick go out as one write, so that tmux runs them with nothing in between. */
  #write(line: string): void {
    if (!this.#isGathering) {
      this.#isGathering = true
      this.#input.cork()
      process.nextTick(() => {
        this.#isGathering = false
        this.#input.uncork()
      })
    }
    this.#input.write(line)
  }

  /** Lets the client go: by itself when it can, else by force. Resolves when its process is gone. */
  async close(): Promise<void> {
    this.#input.end()
    const timer = setTimeout(() => this.kill(), LEAVE_MS)
    await this.ended
    clearTimeout(timer)
  }

  /** Ends the client's process now. A client that only lost its pipes can stay for ever. */
  kill(): void {
    this.#child.kill('SIGKILL')
  }

  #take(event: ControlEvent): void {
    switch (event.type) {
      case 'block':
        if (event.asked) this.#answer(event.ok, event.output)
        else this.#first(event.ok, event.output)
        return
      case 'exit':
        this.#reason = event.reason || 'detached'
        return
      case 'stray':
        this.#reason = 'tmux sent something that does not belong there'
        this.kill()
        return
      case 'notification':
        // Hooks tell of changes, completely and for all sessions; these tell of some.
        return
    }
    event satisfies never
  }

  #first(ok: boolean, output: string): void {
    const text = Buffer.from(output, 'latin1').toString('utf8')
    this.#resolveOpened?.(ok ? undefined : new TmuxError(classify(text), ['-C'], text))
    this.#resolveOpened = undefined
  }

  #answer(ok: boolean, output: string): void {
    const waiting = this.#waiting.shift()
    if (!waiting) return
    const { argv, settle } = waiting
    const bytes = Buffer.from(output, 'latin1')
    if (!settle) this.#onLate()
    else if (ok) settle(undefined, bytes)
    else
      settle(new TmuxError(classify(bytes.toString('utf8')), argv, bytes.toString('utf8')), bytes)
  }

  #end(reason: string, resolve: (reason: string) => void): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#resolveOpened?.(new TmuxError(classify(this.#stderr), ['-C'], this.#stderr || reason))
    this.#resolveOpened = undefined
    for (const { argv, settle } of this.#waiting.splice(0)) {
      settle?.(new TmuxError('gone', argv, reason), Buffer.alloc(0))
    }
    resolve(reason)
  }
}

function required<T>(stream: T | null | undefined): T {
  if (!stream) throw new Error('invariant: a piped child has its streams')
  return stream
}
