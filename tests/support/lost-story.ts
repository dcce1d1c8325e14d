import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'playwright/test'
import type { AgentsResponse, RecoveryResponse, SnapshotsResponse } from '../../server/protocol.ts'
import { keptAgents } from './kept.ts'
import { CONVERSATIONS, installResumable } from './resumable-agent.ts'
import { type Server, startServer } from './server.ts'
import type { Tmux } from './tmux.ts'
import { QUICK_MEMORY } from './told-story.ts'

const NAMES = ['one', 'two'] as const

/** A server that watches two sessions, `one` and `two`, each with an agent that can be resumed. */
export async function startTwo(tmux: Tmux): Promise<Server> {
  installResumable(tmux)
  const server = await startServer({ tmux, env: { HOME: tmux.dir, ...QUICK_MEMORY } })
  const api = server.api(await server.pair())
  for (const [index, name] of NAMES.entries()) {
    const cwd = join(tmux.dir, 'work', name)
    mkdirSync(cwd, { recursive: true })
    await tmux.newSession({ name, cwd, cols: 120, rows: 40 })
    const line = `claude --session-id ${CONVERSATIONS[index]}`
    await tmux.run('send-keys', '-t', name, line, 'Enter')
    await expect
      .poll(async () => {
        const { agents } = (await api.get<AgentsResponse>('/api/agents')).json
        return agents.filter(({ liveness, activity }) => `${liveness} ${activity}` === 'live idle')
          .length
      })
      .toBe(index + 1)
  }
  return server
}

/** Lets the agent of `one` begin a turn, and waits until what it shows is kept. */
export async function beginTurn(tmux: Tmux, server: Server): Promise<void> {
  const api = server.api(await server.pair())
  writeFileSync(join(tmux.dir, 'work', 'one', 'status'), 'busy')
  const kept = async () => {
    const { agents } = (await api.get<AgentsResponse>('/api/agents')).json
    const id = agents.find(({ activity }) => activity === 'working')?.id
    if (id === undefined) return 0
    const { snapshots } = (await api.get<SnapshotsResponse>(`/api/agents/${id}/snapshots`)).json
    return snapshots.length
  }
  await expect.poll(kept).toBeGreaterThan(0)
}

/** Kills their tmux once all of it is on the disk, and waits until the loss is known. */
export async function loseTmux(tmux: Tmux, server: Server): Promise<RecoveryResponse> {
  await keptAgents(server, NAMES.length)
  await tmux.run('kill-server')
  const api = server.api(await server.pair())
  const ask = async () => (await api.get<RecoveryResponse>('/api/recovery')).json
  await expect.poll(async () => (await ask()).agents.length).toBe(NAMES.length)
  return ask()
}
