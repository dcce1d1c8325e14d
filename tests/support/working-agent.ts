import { expect } from 'playwright/test'
import { FakeAgent } from './fake-agent.ts'
import { Remembered } from './remembered.ts'
import { type Server, type ServerOptions, startServer } from './server.ts'
import { startTmux, type Tmux } from './tmux.ts'

/** Seconds between snapshots, where a test must see the ones in between. */
const OFTEN = { DOGWATCH_SNAPSHOT_SECONDS: '0.05' }

/** A fake Claude Code, in session `work` where no other is named, a real server that knows it, and what that remembers. */
export class WorkingAgent {
  private constructor(
    readonly tmux: Tmux,
    readonly server: Server,
    readonly claude: FakeAgent,
    readonly memory: Remembered,
  ) {}

  static async start(
    options: ServerOptions = {},
    session: { name?: string; cwd?: string } = {},
  ): Promise<WorkingAgent> {
    const tmux = await startTmux()
    const server = await startServer({ ...options, tmux, env: { ...OFTEN, ...options.env } })
    const claude = new FakeAgent(tmux, 'claude', session.name ?? 'work')
    await claude.start(session.cwd)
    const memory = new Remembered(server, await server.pair())
    const working = new WorkingAgent(tmux, server, claude, memory)
    await expect.poll(() => working.id(), { timeout: 30_000 }).toBeDefined()
    return working
  }

  id(): Promise<string | undefined> {
    return this.memory.agent().then(
      ({ id }) => id,
      () => undefined,
    )
  }

  /** A turn begins, and its first snapshot is taken. `sessionId`: the agent's own of its conversation. */
  async begin(sessionId?: string): Promise<void> {
    const before = (await this.memory.list()).length
    await this.claude.writeLive('busy', { sessionId })
    await expect
      .poll(async () => (await this.memory.list()).length, { timeout: 30_000 })
      .toBeGreaterThan(before)
  }

  /** Prints, and waits until a snapshot has the last of it. */
  async print(text: string, last: string): Promise<void> {
    this.claude.print(text)
    await expect.poll(() => this.memory.screen(), { timeout: 30_000 }).toContain(last)
  }

  /** The turn ends; its last snapshot is the one before, where nothing changed since. */
  async end(sessionId?: string): Promise<void> {
    await this.claude.writeLive('idle', { sessionId })
    await expect
      .poll(async () => (await this.memory.agent()).turn, { timeout: 30_000 })
      .toBeUndefined()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]()
    await this.tmux[Symbol.asyncDispose]()
  }
}
