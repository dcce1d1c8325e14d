import { execFile } from 'node:child_process'
import { closeSync, constants, openSync, rmSync, writeSync } from 'node:fs'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/**
 * A named pipe whose only writer is us. The hidden session's program reads it, so that program, and
 * with it the session, ends when we do, however we end.
 */
export class Fifo {
  readonly path: string
  #fd: number | undefined

  private constructor(path: string, fd: number) {
    this.path = path
    this.#fd = fd
  }

  /** Makes the pipe (mode 0600), in place of one that an earlier life left. */
  static async make(path: string): Promise<Fifo> {
    rmSync(path, { force: true })
    await execute('mkfifo', ['-m', '600', path])
    // Both directions: opening only one end of a pipe would wait for the other.
    return new Fifo(path, openSync(path, constants.O_RDWR | constants.O_NONBLOCK))
  }

  /** Sends a line to the reader, which prints it on its terminal. */
  write(text: string): void {
    if (this.#fd !== undefined) writeSync(this.#fd, text)
  }

  close(): void {
    if (this.#fd === undefined) return
    closeSync(this.#fd)
    this.#fd = undefined
    rmSync(this.path, { force: true })
  }
}
