import { appendFileSync, mkdirSync, renameSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'playwright/test'
import type { AgentsResponse, TranscriptResponse } from '../../server/protocol.ts'
import { FakeAgent } from '../support/fake-agent.ts'
import { startServer } from '../support/server.ts'
import { startTmux } from '../support/tmux.ts'
import { differences } from '../support/wire.ts'

const CONVERSATION = '686dfa20-0c8e-4121-9720-db46dcc809b9'

test('a conversation is read while it grows, tells what is left undone, and outlives its agent and us', async () => {
  await using tmux = await startTmux()
  await using server = await startServer({ tmux })
  const api = server.api(await server.pair())
  const claude = new FakeAgent(tmux, 'claude', 'work')
  const only = async () => (await api.get<AgentsResponse>('/api/agents')).json.agents[0]
  // Where git knows that nothing is left there is no cue: this folder is in no repository.
  await tmux.newSession({ name: 'work', cwd: tmux.dir, command: `exec ${claude.script}` })
  await claude.writeLive('busy', { sessionId: CONVERSATION })
  await expect.poll(async () => (await only())?.conversation).toBe(CONVERSATION)
  const agent = await only()
  const read = async (query = '') => {
    const path = `/api/agents/${agent?.id}/transcript${query}`
    return (await api.get<TranscriptResponse>(path)).json
  }
  expect(await read()).toEqual({ entries: [], source: 'none' })

  const folder = join(tmux.dir, '.claude', 'projects', '-work')
  mkdirSync(folder, { recursive: true })
  const write = (type: string, content: unknown) => {
    const record = { type, timestamp: new Date().toISOString(), message: { content } }
    appendFileSync(join(folder, `${CONVERSATION}.jsonl`), `${JSON.stringify(record)}\n`)
  }
  const call = (id: string, name: string, input: object) =>
    write('assistant', [{ type: 'tool_use', id, name, input }])
  const result = (id: string, content: string) =>
    write('user', [{ type: 'tool_result', tool_use_id: id, content }])
  write('user', 'Fix it, password=hunter2hunter2')
  call('edit', 'Edit', { file_path: '/w/a' })
  result('edit', 'ok')
  await expect.poll(async () => (await only())?.cues).toEqual(['unvalidated'])
  call('test', 'Bash', { command: 'npm test' })
  await expect.poll(async () => (await read()).entries.at(-1)?.tool?.status).toBe('running')
  result('test', '3 passed')
  await expect.poll(async () => (await only())?.cues).toEqual(['uncommitted'])

  const whole = await read()
  expect(differences(whole, 'TranscriptResponse')).toEqual([])
  expect(whole.entries.map(({ type, tool }) => tool?.status ?? type)).toEqual([
    'user',
    'done',
    'done',
  ])
  expect(JSON.stringify(whole)).not.toContain('hunter2')
  const newest = await read('?limit=1')
  expect(newest.entries).toEqual(whole.entries.slice(2))
  const older = await read(`?limit=10&before=${newest.before}`)
  expect(older.entries).toEqual(whole.entries.slice(0, 2))
  for (const query of ['before=x', 'after=x', `before=${newest.before}&after=${whole.after}`]) {
    expect((await api.get(`/api/agents/${agent?.id}/transcript?${query}`)).status).toBe(400)
  }
  write('assistant', [{ type: 'text', text: 'All is done.' }])
  const news = await read(`?after=${whole.after}`)
  expect(differences(news, 'TranscriptResponse')).toEqual([])
  expect(news.entries.map(({ text }) => text)).toEqual(['All is done.'])
  expect(news.changed).toEqual([])
  const { entries } = await read()
  expect(entries).toEqual([...whole.entries, ...news.entries])

  process.kill(await claude.pid(), 'SIGKILL')
  await expect.poll(async () => (await only())?.liveness).toBe('ended')
  expect((await read()).entries).toEqual(entries)
  expect((await only())?.cues).toEqual(['uncommitted'])
  await server.stop()
  await server.start()
  await expect.poll(async () => (await only())?.liveness).toBe('historical')
  expect((await read()).entries).toEqual(entries)
  // A place that an earlier run of the server told is not known to this one: all is told.
  const anew = await read(`?after=${news.after}`)
  expect(anew.changed).toBeUndefined()
  expect(anew.entries).toEqual(entries)
  // What stands at that path now is no file of the agent's own.
  const file = join(folder, `${CONVERSATION}.jsonl`)
  renameSync(file, `${file}.moved`)
  symlinkSync(`${file}.moved`, file)
  expect(await read()).toEqual({ entries: [], source: 'none' })
})
