import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pty from 'node-pty'
import { expect } from 'playwright/test'
import { endNow } from './leftovers.ts'

/**
 * A folder of programs that look like agents to the kernel, and terminals to run them in. Nothing
 * of it is left behind.
 */
export class AgentStage {
  readonly #terminals: pty.IPty[] = []
  private constructor(readonly folder: string) {}

  static async open(): Promise<AgentStage> {
    const stage = new AgentStage(await mkdtemp(join(tmpdir(), 'dogwatch-agents-')))
    await mkdir(join(stage.folder, 'bin'))
    return stage
  }

  /** A native program of this name, whose argument says how many seconds it lasts. */
  async native(name: string, folder = 'bin'): Promise<string> {
    const path = join(this.folder, folder, name)
    await mkdir(join(this.folder, folder), { recursive: true })
    await copyFile('/bin/sleep', path)
    return path
  }

  /** A script of this name; `body` is plain JavaScript with `spawn` and `args` at hand. */
  async node(name: string, body: string): Promise<string> {
    return this.script(
      name,
      `#!${process.execPath}\nconst { spawn } = require('node:child_process')
const args = process.argv.slice(2)
const run = (file, list) => spawn(file, list, { stdio: 'inherit' }).on('exit', () => process.exit())
setTimeout(() => {}, 300000)\n${body}\n`,
    )
  }

  async script(name: string, text: string): Promise<string> {
    const path = join(this.folder, 'bin', name)
    await mkdir(join(path, '..'), { recursive: true })
    await writeFile(path, text)
    await chmod(path, 0o755)
    return path
  }

  /** An interactive shell on a terminal of its own, as in a pane. */
  shell(env: Record<string, string> = {}): { pid: number; type(line: string): void; end(): void } {
    const terminal = pty.spawn('/bin/bash', ['--norc', '--noprofile', '-i'], {
      cwd: this.folder,
      cols: 80,
      rows: 24,
      env: { PATH: `${join(this.folder, 'bin')}:/usr/bin:/bin`, TERM: 'dumb', PS1: '$ ', ...env },
    })
    this.#terminals.push(terminal)
    // What is printed has to be read, or the terminal's buffer stops its programs.
    terminal.onData(() => {})
    return {
      pid: terminal.pid,
      type: (line) => terminal.write(`${line}\r`),
      end: () => terminal.kill('SIGKILL'),
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const terminal of this.#terminals) terminal.kill('SIGHUP')
    await expect
      .poll(
        async () => {
          const left = await runningUnder(this.folder)
          for (const pid of left) endNow(pid)
          return left.length
        },
        { message: 'processes of the stage have ended' },
      )
      .toBe(0)
    await rm(this.folder, { recursive: true, force: true })
  }
}

/** Processes whose folder or arguments lie under this folder. */
async function runningUnder(folder: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  const commands = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
  )
  return pids.filter((pid, at) => pid !== process.pid && commands[at]?.includes(folder))
}
