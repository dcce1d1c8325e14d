import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'playwright/test'
import type { AttentionResponse } from '../../server/protocol.ts'
import { CONVERSATIONS } from '../support/resumable-agent.ts'
import { ResumableStage } from '../support/resumable-stage.ts'

const [FIRST, SECOND, THIRD] = CONVERSATIONS

test('what a page was told of an agent outlives a kill -9 right after: begun, in a turn, ended', async () => {
  await using stage = await ResumableStage.open()
  const { tmux, server, token } = stage
  // What is acknowledged now was given to the writer later than what the page was told.
  const kill = async () => {
    await server.pair('watch', 'one more')
    await server.kill9()
  }
  await stage.startAgent('one', FIRST)
  await kill()
  await tmux.run('kill-server')
  await server.start()
  expect((await stage.agents()).map(({ conversation }) => conversation)).toEqual([FIRST])

  await stage.startAgent('two', SECOND)
  writeFileSync(join(stage.folder('two'), 'status'), 'busy')
  await expect.poll(() => stage.standing(SECOND)).toBe('live working')
  await kill()
  await tmux.run('kill-server')
  await server.start()
  expect(await stage.standing(SECOND)).toBe('historical unknown')
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
  await kill()
  await server.start()
  const kept = (await stage.agents()).find(({ conversation }) => conversation === THIRD)
  expect(kept).toMatchObject({ endedAt: ended?.endedAt, lastTurn: { end: 'lost' } })
})
