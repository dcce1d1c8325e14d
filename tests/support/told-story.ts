import { appendFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'playwright/test'
import type { SearchResponse } from '../../server/protocol.ts'
import { FakeAgent } from './fake-agent.ts'
import { Remembered } from './remembered.ts'
import type { Server } from './server.ts'
import type { Tmux } from './tmux.ts'

export const CONVERSATION = '686dfa20-0c8e-4121-9720-db46dcc809b9'

/** The environment of a server that remembers a screen as soon as it changes. */
export const QUICK_MEMORY = { DOGWATCH_SNAPSHOT_SECONDS: '0.05' }

/**
 * One whole turn of an agent in the session `work`: asked for a zebra, it showed a giraffe, which is
 * gone from its screen, and said what it thinks of elephants. Resolves when all of it is found.
 */
export async function tellStory(tmux: Tmux, server: Server, name = 'work'): Promise<Remembered> {
  const memory = new Remembered(server, await server.pair())
  const claude = new FakeAgent(tmux, 'claude', name)
  await claude.start()
  await expect.poll(() => memory.agent().catch(() => undefined)).toBeDefined()
  await claude.writeLive('busy', { sessionId: CONVERSATION })
  await expect.poll(async () => (await memory.agent()).turn?.generation).toBeGreaterThan(0)
  say(tmux, 'user', 'Please fix the zebra crossing')
  claude.print('one line\r\nthe giraffe <b>日本語</b> stands here\r\n')
  await expect.poll(() => memory.screen()).toContain('giraffe')
  say(tmux, 'assistant', 'First I looked.\nThen the elephant was found.')
  claude.print('\x1b[2J\x1b[Hnothing left\r\n')
  await expect.poll(() => memory.screen()).toContain('nothing left')
  await claude.writeLive('idle', { sessionId: CONVERSATION })
  await expect.poll(async () => (await memory.agent()).turn).toBeUndefined()
  const count = async (q: string) =>
    (await memory.get<SearchResponse>(`/api/search?q=${q}`)).json.hits.length
  for (const word of ['zebra', 'giraffe', 'elephant']) {
    await expect.poll(() => count(word), word).toBeGreaterThan(0)
  }
  return memory
}

/** Writes one record into the conversation's transcript. */
export function say(tmux: Tmux, type: 'user' | 'assistant', text: string): void {
  const folder = join(tmux.dir, '.claude', 'projects', '-work')
  mkdirSync(folder, { recursive: true })
  const record = {
    type,
    uuid: crypto.randomUUID(),
    sessionId: CONVERSATION,
    timestamp: new Date().toISOString(),
    message: { role: type, content: [{ type: 'text', text }] },
  }
  appendFileSync(join(folder, `${CONVERSATION}.jsonl`), `${JSON.stringify(record)}\n`)
}
