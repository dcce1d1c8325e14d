import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'

/** A helper process of the bench that speaks in lines and ends when its stdin ends. */
export interface Helper {
  readonly pid: number
  /** Sends a line, if any, and waits for the next line of the answer. */
  ask(line?: string): Promise<string>
  [Symbol.asyncDispose](): Promise<void>
}

/** Starts `node SCRIPT ARGS...`; what it writes to stderr is shown. */
export function startHelper(script: string, args: readonly string[]): Helper {
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn(
    process.execPath,
    [script, ...args],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  )
  const ended = once(child, 'exit')
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    pid: child.pid ?? 0,
    async ask(line) {
      if (line !== undefined) child.stdin.write(`${line}\n`)
      const answer = await lines.next()
      if (answer.done) throw new Error(`${script} ended before it answered`)
      return answer.value
    },
    async [Symbol.asyncDispose]() {
      child.stdin.end()
      await ended
    },
  }
}
