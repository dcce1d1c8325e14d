import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { type Git, makeGit } from '../../server/core/git-command.ts'
import { findWorktree, type GitPlace } from '../../server/core/git-place.ts'

const run = promisify(execFile)

/** A real repository with a home of its own, gone with the test. */
export class Repository {
  readonly #life = new AbortController()
  private constructor(
    /** Holds the home, the repository and whatever a test puts beside them. */
    readonly home: string,
    readonly path: string,
  ) {}

  static async open(): Promise<Repository> {
    const home = await mkdtemp(join(tmpdir(), 'dogwatch-git-'))
    const repository = new Repository(home, join(home, 'work'))
    await mkdir(repository.path)
    await repository.git('init', '-q', '-b', 'main')
    return repository
  }

  /** The environment of a user who has this home and nothing else. */
  get environment(): Record<string, string> {
    return { PATH: process.env.PATH ?? '/usr/bin:/bin', HOME: this.home }
  }

  /** The way to git that is tested. */
  asked(more: { environment?: Record<string, string>; limitMs?: number } = {}): Git {
    // What a busy machine makes late is no git that hangs.
    const limitMs = 60_000
    return makeGit({ signal: this.#life.signal, environment: this.environment, limitMs, ...more })
  }

  async place(folder = this.path): Promise<GitPlace> {
    const place = await findWorktree(folder)
    if (place === undefined || place === 'gone') throw new Error(`${folder} is no worktree`)
    return place
  }

  /** Runs git as the user does. */
  async git(...args: string[]): Promise<string> {
    const settings = ['user.name=Ada', 'user.email=ada@example.com', 'protocol.file.allow=always']
    const { stdout } = await run('git', [...settings.flatMap((one) => ['-c', one]), ...args], {
      cwd: this.path,
      env: { ...this.environment, GIT_CONFIG_NOSYSTEM: '1' },
    })
    return stdout
  }

  async write(path: string, content: string | Buffer): Promise<string> {
    const file = join(this.path, path)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, content)
    return file
  }

  async commit(message = 'change'): Promise<void> {
    await this.git('add', '-A')
    await this.git('commit', '-qm', message)
  }

  /** An executable beside the repository. */
  async script(name: string, body: string): Promise<string> {
    const file = join(this.home, name)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, `#!/bin/sh\n${body}\n`)
    await chmod(file, 0o755)
    return file
  }

  async indexHash(): Promise<string> {
    const index = await readFile(join(this.path, '.git', 'index'))
    return createHash('sha256').update(index).digest('hex')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#life.abort()
    await rm(this.home, { recursive: true, force: true })
  }
}
