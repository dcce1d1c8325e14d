import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'playwright/test'
import type { AgentsResponse, RecoveryResponse } from '../../server/protocol.ts'
import { keptAgents } from './kept.ts'
import { CONVERSATIONS, installResumable } from './resumable-agent.ts'
import { type Server, startServer } from './server.ts'
import type { Tmux } from './tmux.ts'

const NAMES = ['one', 'two'] as const

/** A server that watches two sessions, `one` and `two`, each with an agent that can be resumed. */
export async function startTwo(tmux: Tmux): Promise<Server> {
  installResumable(tmux)
  const server = await startServer({ tmux, env: { HOME: tmux.dir } })
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

/** Kills their tmux once all of it is on the disk, and waits until the loss is known. */
export async function loseTmux(tmux: Tmux, server: Server): Promise<RecoveryResponse> {
  await keptAgents(server, NAMES.length)
  await tmux.run('kill-server')
  const api = server.api(await server.pair())
  const ask = async () => (await api.get<RecoveryResponse>('/api/recovery')).json
  await expect.poll(async () => (await ask()).agents.length).toBe(NAMES.length)
  return ask()
}
