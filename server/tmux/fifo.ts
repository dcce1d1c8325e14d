import { execFile } from 'node:child_process'
import { closeSync, constants, openSync, rmSync, writeSync } from 'node:fs'
import { Socket } from 'node:net'
import { promisify } from 'node:util'

const { O_RDONLY, O_RDWR, O_WRONLY, O_NONBLOCK } = constants
const execute = promisify(execFile)

/** Makes named pipes (mode 0600) in place of those that an earlier life left. */
export async function makeFifos(paths: readonly string[]): Promise<void> {
  removeFifos(paths)
  await execute('mkfifo', ['-m', '600', ...paths])
}

export function removeFifos(paths: readonly string[]): void {
  for (const path of paths) rmSync(path, { force: true })
}

/** A named pipe that we keep open and write to now and then. */
export class Fifo {
  #fd: number | undefined

  constructor(path: string) {
    // Both directions: opening only one end of a pipe would wait for the other.
    this.#fd = openSync(path, O_RDWR | O_NONBLOCK)
  }

  write(text: string): void {
    if (this.#fd !== undefined) writeSync(this.#fd, text)
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd)
    this.#fd = undefined
  }
}

/** Named pipes for a child's stdin and stdout, which another process can open too. */
export interface FifoPaths {
  input: string
  output: string
}

/** Both ends of both pipes. The child's are descriptors to be closed once it has them. */
export function openFifos(paths: FifoPaths): {
  child: { stdin: number; stdout: number }
  ours: { stdin: Socket; stdout: Socket }
} {
  // Readers first: a pipe without one cannot be opened for writing without waiting.
  const stdin = openSync(paths.input, O_RDONLY | O_NONBLOCK)
  const toChild = openSync(paths.input, O_WRONLY | O_NONBLOCK)
  const fromChild = openSync(paths.output, O_RDONLY | O_NONBLOCK)
  const stdout = openSync(paths.output, O_WRONLY | O_NONBLOCK)
  return {
    child: { stdin, stdout },
    ours: {
      stdin: new Socket({ fd: toChild, readable: false, writable: true }),
      stdout: new Socket({ fd: fromChild, readable: true, writable: false }),
    },
  }
}
