import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'playwright/test'
import type {
  AgentsResponse,
  AgentView,
  LostAgent,
  RecoveryResponse,
} from '../../server/protocol.ts'
import { installResumable } from './resumable-agent.ts'
import { type Server, startServer } from './server.ts'
import { startTmux, type Tmux } from './tmux.ts'

/** A tmux in whose shells agents are started that can be resumed, and the whole program beside it. */
export class ResumableStage {
  private constructor(
    readonly tmux: Tmux,
    readonly server: Server,
    readonly token: string,
  ) {}

  static async open(): Promise<ResumableStage> {
    const tmux = await startTmux()
    installResumable(tmux)
    const server = await startServer({ tmux, env: { HOME: tmux.dir } })
    return new ResumableStage(tmux, server, await server.pair())
  }

  async agents(): Promise<AgentView[]> {
    return (await this.#get<AgentsResponse>('/api/agents')).agents
  }

  /** `live idle`, by conversation. */
  async standing(conversation: string): Promise<string | undefined> {
    const found = (await this.agents()).filter((agent) => agent.conversation === conversation)
    return found.length === 1 ? `${found[0]?.liveness} ${found[0]?.activity}` : `${found.length}`
  }

  recovery(): Promise<RecoveryResponse> {
    return this.#get('/api/recovery')
  }

  async lostAgent(conversation: string): Promise<LostAgent | undefined> {
    return (await this.recovery()).agents.find(({ resume }) => resume?.includes(conversation))
  }

  folder(name: string): string {
    const path = join(this.tmux.dir, 'work', name)
    mkdirSync(path, { recursive: true })
    return path
  }

  /** A session with a shell in which an agent was started by hand. */
  async startAgent(name: string, conversation: string, ...flags: string[]): Promise<void> {
    await this.tmux.newSession({ name, cwd: this.folder(name), cols: 120, rows: 40 })
    await this.typeAgent(name, conversation, ...flags)
  }

  async typeAgent(target: string, conversation: string, ...flags: string[]): Promise<void> {
    const line = ['claude', ...flags, '--session-id', conversation].join(' ')
    await this.tmux.run('send-keys', '-t', target, line, 'Enter')
    await expect.poll(() => this.standing(conversation)).toMatch(/^live/)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]()
    await this.tmux[Symbol.asyncDispose]()
  }

  async #get<T>(path: string): Promise<T> {
    return (await this.server.api(this.token).get<T>(path)).json
  }
}
