import { mkdirSync, mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { spawn as spawnPty } from 'node-pty'
import { makeLog } from '../../server/log.ts'
import {
  TmuxServer,
  type TmuxServerEvent,
  type TmuxServerOptions,
} from '../../server/tmux/server.ts'
import type { Tmux } from './tmux.ts'

/** Errors only: what a test provokes is expected. */
export const quietLog = makeLog('error')

/** A `TmuxServer` that watches a private tmux, and all it told. Closed at the end of the test. */
export class Watch {
  readonly server: TmuxServer
  readonly events: TmuxServerEvent[] = []

  constructor(tmux: Tmux, options: Partial<TmuxServerOptions> = {}) {
    this.server = new TmuxServer({
      socketPath: tmux.socketPath,
      label: 'test',
      hub: true,
      runDir: makeRunDir(tmux),
      log: quietLog,
      ...options,
    })
    this.server.changes.on((event) => this.events.push(event))
  }

  /** Names of the sessions it lists. */
  names(): string[] {
    return (this.server.tree?.sessions ?? []).map((session) => session.name)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.close()
  }
}

/** Starts watching; resolves when the first state is known. */
export async function watchTmux(
  tmux: Tmux,
  options: Partial<TmuxServerOptions> = {},
): Promise<Watch> {
  const watch = new Watch(tmux, options)
  await watch.server.start()
  return watch
}

/** A folder for the files of one watcher, deleted with the tmux. */
export function makeRunDir(tmux: Tmux): string {
  mkdirSync(join(tmux.dir, 'run'), { recursive: true })
  return mkdtempSync(join(tmux.dir, 'run', 'r-'))
}

/** A viewer as the product opens it: a tmux client whose size must never matter. */
export interface Viewer {
  readonly pid: number
  bytes: number
  /** Ends it and waits for its end. */
  close(): Promise<void>
}

export function openViewer(
  tmux: Tmux,
  sessionId: string,
  size: { cols: number; rows: number },
): Viewer {
  const argv = ['-u', '-S', tmux.socketPath, 'attach-session', '-E', '-f', 'ignore-size']
  const pty = spawnPty('tmux', [...argv, '-t', `${sessionId}:`], {
    name: 'xterm-256color',
    env: tmux.env,
    ...size,
  })
  const ended = new Promise<void>((resolve) => {
    pty.onExit(() => resolve())
  })
  const viewer: Viewer = {
    pid: pty.pid,
    bytes: 0,
    close: async () => {
      pty.kill('SIGKILL')
      await ended
    },
  }
  pty.onData((text) => {
    viewer.bytes += text.length
  })
  return viewer
}
