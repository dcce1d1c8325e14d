import type {
  AgentsResponse,
  AgentView,
  SnapshotResponse,
  SnapshotsResponse,
  SnapshotView,
  TurnTextResponse,
} from '../../server/protocol.ts'
import type { Server } from './server.ts'

/** What a running server remembers of the one agent that it knows. */
export class Remembered {
  constructor(
    private readonly server: Server,
    private readonly token: string,
  ) {}

  async agent(): Promise<AgentView> {
    const { agents } = (await this.get<AgentsResponse>('/api/agents')).json
    const [only, ...more] = agents
    if (!only || more.length > 0) throw new Error(`${agents.length} agents`)
    return only
  }

  /** Snapshots, oldest first. */
  async list(): Promise<SnapshotView[]> {
    const { id } = await this.agent()
    const { json } = await this.get<SnapshotsResponse>(`/api/agents/${id}/snapshots`)
    return json.snapshots.reverse()
  }

  async read({ agent, id }: SnapshotView): Promise<SnapshotResponse> {
    return (await this.get<SnapshotResponse>(`/api/agents/${agent}/snapshots/${id}`)).json
  }

  /** The screen of the newest one. */
  async screen(): Promise<string> {
    const last = (await this.list()).at(-1)
    return last ? (await this.read(last)).screen : ''
  }

  async turnText(generation: number): Promise<TurnTextResponse> {
    const { id } = await this.agent()
    return (await this.get<TurnTextResponse>(`/api/agents/${id}/turns/${generation}/text`)).json
  }

  get<T>(path: string) {
    return this.server.api(this.token).get<T>(path)
  }
}
