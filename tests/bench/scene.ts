import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { expect } from 'playwright/test'
import type { SessionsResponse } from '../../server/protocol.ts'
import { type Server, startServer } from '../support/server.ts'
import { startTmux, type Tmux } from '../support/tmux.ts'
import { type Helper, startHelper } from './child.ts'
import { GRID, type Link, openBare, openDogwatch, openInProcess } from './link.ts'
import { Stack } from './stack.ts'

/** One way from a terminal to tmux. */
export interface Peer {
  readonly name: 'dogwatch' | 'bare' | 'in-process'
  readonly tmux: Tmux
  /** Opens a terminal on a session (tmux's id) and returns when it may be typed into. */
  open(session: string): Promise<Link>
}

/** Where a terminal's pane is, in dogwatch's words. */
export interface Place {
  session: string
  pane: string
}

/**
 * dogwatch and its floors, each with a tmux server of its own, so that neither our control client
 * nor our viewers weigh on what they are compared with.
 */
export class Scene {
  readonly tmux: Tmux
  readonly floorTmux: Tmux
  readonly server: Server
  readonly token: string
  readonly dogwatch: Peer
  readonly bare: Peer
  readonly inProcess: Peer
  readonly bareProcess: { pid: number; port: number }
  readonly #stack: Stack

  /** Takes over what `openScene` started. */
  constructor(parts: {
    stack: Stack
    tmux: Tmux
    floorTmux: Tmux
    server: Server
    token: string
    bare: { pid: number; port: number }
  }) {
    this.#stack = parts.stack
    this.tmux = parts.tmux
    this.floorTmux = parts.floorTmux
    this.server = parts.server
    this.token = parts.token
    this.bareProcess = parts.bare
    this.dogwatch = { name: 'dogwatch', tmux: parts.tmux, open: (id) => this.#openDogwatch(id) }
    this.bare = {
      name: 'bare',
      tmux: parts.floorTmux,
      open: (id) => openBare(parts.bare.port, id),
    }
    this.inProcess = {
      name: 'in-process',
      tmux: parts.floorTmux,
      open: (id) => openInProcess(parts.floorTmux, id),
    }
  }

  async #openDogwatch(session: string): Promise<Link> {
    const place = await this.find(session)
    const target = { port: this.server.port, ticket: await this.ticket(), viewer: randomUUID() }
    return openDogwatch({ ...target, ...place })
  }

  /** A ticket for one socket. */
  ticket(): Promise<string> {
    return this.server.socketTicket(this.token)
  }

  /** What dogwatch lists. */
  async sessions(): Promise<SessionsResponse['sessions']> {
    const reply = await this.server.api(this.token).get<SessionsResponse>('/api/sessions')
    return reply.json.sessions
  }

  /** Waits until dogwatch lists a session and says where its current pane is. */
  async find(session: string): Promise<Place> {
    let place: Place | undefined
    const look = async () => {
      const found = (await this.sessions()).find((one) => one.tmuxId === session)
      const pane = found?.windows.find((one) => one.active)?.panes.find((one) => one.active)
      if (found && pane) place = { session: found.id, pane: pane.id }
      return place !== undefined
    }
    await expect.poll(look, { message: `dogwatch lists ${session}` }).toBe(true)
    if (!place) throw new Error('invariant: found, but nowhere')
    return place
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack[Symbol.asyncDispose]()
  }
}

/**
 * Starts everything; each tmux server has one quiet session, so that it outlives those of a round.
 * `env`: variables of dogwatch.
 */
export async function openScene(env: Record<string, string> = {}): Promise<Scene> {
  const stack = new Stack()
  try {
    const tmux = stack.use(await startTmux())
    const floorTmux = stack.use(await startTmux())
    await tmux.newSession({ name: 'quiet', command: 'exec cat' })
    await floorTmux.newSession({ name: 'quiet', command: 'exec cat' })
    const server = stack.use(await startServer({ tmux, env }))
    const helper = stack.use(startBare(floorTmux))
    const bare = { pid: helper.pid, port: Number(await helper.ask()) }
    const token = await server.pair('full')
    return new Scene({ stack, tmux, floorTmux, server, token, bare })
  } catch (error) {
    await stack[Symbol.asyncDispose]()
    throw error
  }
}

/** The bare bridge as a process; its first answer is its port. */
function startBare(tmux: Tmux): Helper {
  return startHelper(fileURLToPath(new URL('./bare.mjs', import.meta.url)), [tmux.socketPath])
}

/** A session of the size that all are measured at; what is typed into it is echoed. */
export function newTypingSession(tmux: Tmux, name?: string): Promise<string> {
  return tmux.newSession({ ...GRID, command: 'exec cat', ...(name ? { name } : {}) })
}
