import { expect } from 'playwright/test'
import { adapterOf } from '../../server/agents/index.ts'
import { dialogHash } from '../../server/core/dialog.ts'
import type { AgentKind, AgentsResponse, AgentView, Scope } from '../../server/protocol.ts'
import { screen } from './fixtures.ts'
import { type Server, startServer } from './server.ts'
import { startTmux, type Tmux } from './tmux.ts'

/** A tmux with one plain session, the whole program beside it, and a device that is paired with that. */
export class WatchedStage {
  private constructor(
    readonly tmux: Tmux,
    readonly server: Server,
    readonly token: string,
  ) {}

  static async open(scope?: Scope, device?: string): Promise<WatchedStage> {
    const tmux = await startTmux()
    await tmux.newSession({ name: 'plain' })
    const server = await startServer({ tmux })
    return new WatchedStage(tmux, server, await server.pair(scope, device))
  }

  async agents(): Promise<AgentView[]> {
    return (await this.server.api(this.token).get<AgentsResponse>('/api/agents')).json.agents
  }

  /** The one agent there is; throws where there are none or several. */
  async only(): Promise<AgentView> {
    const [agent, ...more] = await this.agents()
    if (!agent || more.length > 0)
      throw new Error(`not one agent, but ${agent ? more.length + 1 : 0}`)
    return agent
  }

  /** Resolves when pages are told of this recorded dialog, and of all its rows. */
  async isTold(kind: AgentKind, recorded: string): Promise<void> {
    const whole = dialogHash(adapterOf(kind).fromScreen?.(screen(kind, recorded))?.says)
    expect(whole).toBeDefined()
    const hashes = async () => (await this.agents()).map(({ ask }) => ask?.hash)
    await expect.poll(hashes).toContain(whole)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]()
    await this.tmux[Symbol.asyncDispose]()
  }
}
