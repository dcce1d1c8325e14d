import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'playwright/test'
import type { AttentionResponse } from '../../server/protocol.ts'
import { kept } from '../support/kept.ts'
import { CONVERSATIONS } from '../support/resumable-agent.ts'
import { ResumableStage } from '../support/resumable-stage.ts'

const [FIRST, SECOND, THIRD] = CONVERSATIONS

test('what is kept of an agent outlives a kill -9 at once: begun, in a turn, ended', async () => {
  await using stage = await ResumableStage.open()
  const { tmux, server, token } = stage
  const killOnceKept = async (conversation: string | undefined, more: string) => {
    const row = `view LIKE '%"conversation":"${conversation}"%' AND ${more}`
    await kept(server, `SELECT 1 FROM agents WHERE ${row}`)
    await server.kill9()
  }
  await stage.startAgent('one', FIRST)
  await killOnceKept(FIRST, 'ended_at IS NULL')
  await tmux.killServer()
  await server.start()
  await expect.poll(() => stage.standing(FIRST)).toMatch(/^(historical|ended)/)

  await stage.startAgent('two', SECOND)
  writeFileSync(join(stage.folder('two'), 'status'), 'busy')
  await expect.poll(() => stage.standing(SECOND)).toBe('live working')
  await killOnceKept(SECOND, `view LIKE '%"turn":{%'`)
  await tmux.killServer()
  await server.start()
  await expect.poll(() => stage.standing(SECOND)).toBe('historical unknown')
  const cut = (await stage.agents()).find(({ conversation }) => conversation === SECOND)
  expect(cut?.lastTurn).toMatchObject({ generation: 1, end: 'interrupted' })
  const needs = await server.api(token).get<AttentionResponse>('/api/attention')
  expect(needs.json.items).toMatchObject([{ agent: cut?.id, reason: 'interrupted' }])

  await stage.startAgent('three', THIRD)
  writeFileSync(join(stage.folder('three'), 'status'), 'busy')
  await expect.poll(() => stage.standing(THIRD)).toBe('live working')
  await tmux.run('kill-session', '-t', 'three')
  await expect.poll(() => stage.standing(THIRD)).toBe('ended unknown')
  const ended = (await stage.agents()).find(({ conversation }) => conversation === THIRD)
  await killOnceKept(THIRD, 'ended_at IS NOT NULL')
  await server.start()
  const found = (await stage.agents()).find(({ conversation }) => conversation === THIRD)
  expect(found).toMatchObject({ endedAt: ended?.endedAt, lastTurn: { end: 'lost' } })
})
