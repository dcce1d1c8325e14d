import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Puts a program named `tmux` in front of the real one on this process's PATH. `script` is POSIX
 * shell; `$REAL` is the real program. Only for failures that a real tmux does not show on demand.
 */
export class FakeTmux {
  readonly #bin: string
  readonly #before: string

  constructor(dir: string, script: string) {
    this.#bin = join(dir, 'bin')
    this.#before = process.env.PATH ?? ''
    mkdirSync(this.#bin, { recursive: true })
    const path = join(this.#bin, 'tmux')
    writeFileSync(path, `#!/bin/sh\nREAL=/usr/bin/tmux\n${script}\n`)
    chmodSync(path, 0o755)
    process.env.PATH = `${this.#bin}:${this.#before}`
  }

  /** Leaves the PATH without any tmux at all. */
  static without(dir: string): FakeTmux {
    const fake = new FakeTmux(dir, '')
    rmSync(join(dir, 'bin', 'tmux'))
    process.env.PATH = join(dir, 'bin')
    return fake
  }

  [Symbol.dispose](): void {
    process.env.PATH = this.#before
  }
}
