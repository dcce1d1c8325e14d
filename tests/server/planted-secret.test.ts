import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { expect, test } from 'playwright/test'
import type { AgentsResponse, SnapshotsResponse } from '../../server/protocol.ts'
import { FakeAgent } from '../support/fake-agent.ts'
import { startServer } from '../support/server.ts'
import { callerOf, spool } from '../support/spooled.ts'
import { startTmux } from '../support/tmux.ts'

/** Its own middle is looked for: no part of a secret may be left. */
const SECRET = `ghp_${'a1B2c3D4e5'.repeat(4)}`
const PART = SECRET.slice(8, 24)
const CONVERSATION = '686dfa20-0c8e-4121-9720-db46dcc809b9'

test('a secret in every place of an agent is in no file, message, answer or log of ours', async () => {
  await using tmux = await startTmux()
  const args = ['--log-level', 'debug']
  const env = { DOGWATCH_SNAPSHOT_SECONDS: '0.05' }
  await using server = await startServer({ tmux, args, env })
  const token = await server.pair()
  const api = server.api(token)
  const heard: string[] = []
  const feed = await server.ws('/ws/feed', token, (data) => heard.push(`${data}`))

  // Its folder, its branch, its files, its arguments; its session keeps the name that tmux needs.
  const cwd = join(tmux.dir, `work-${SECRET}`)
  mkdirSync(cwd)
  const git = (...words: string[]) => execFileSync('git', ['-C', cwd, ...words])
  git('init', '-q', '-b', `branch-${SECRET}`)
  appendFileSync(join(cwd, 'notes'), `token ${SECRET}\n`)
  const claude = new FakeAgent(tmux, 'claude', 'agent')
  const command = `exec ${claude.script} --append-system-prompt ${SECRET}`
  await tmux.newSession({ name: 'agent', cwd, cols: 120, rows: 40, command })
  claude.print(`\x1b]2;✳ title ${SECRET}\x07shown ${SECRET}\r\n`)
  const only = async () => (await api.get<AgentsResponse>('/api/agents')).json.agents[0]
  await expect.poll(only).toBeDefined()
  await expect.poll(() => tmux.run('capture-pane', '-p', '-t', 'agent')).toContain('shown')

  // Its hooks and its transcript: prompt, tool, words.
  const caller = await callerOf(tmux, claude)
  const folder = join(tmux.dir, '.claude', 'projects', '-work')
  const transcript_path = join(folder, `${CONVERSATION}.jsonl`)
  mkdirSync(folder, { recursive: true })
  const write = (type: string, content: unknown) => {
    const record = { type, timestamp: new Date().toISOString(), message: { content } }
    appendFileSync(transcript_path, `${JSON.stringify(record)}\n`)
  }
  write('user', `prompt ${SECRET}`)
  const input = { command: `deploy --token ${SECRET}` }
  write('assistant', [{ type: 'tool_use', id: 'one', name: 'Bash', input }])
  let at = Date.now()
  const report = (event: string, payload: object) => {
    at = Math.max(at + 1, Date.now())
    const common = { session_id: CONVERSATION, transcript_path }
    spool(server.dataDir, caller, { event, at, payload: { ...common, ...payload } })
  }
  report('UserPromptSubmit', { prompt: `prompt ${SECRET}` })
  report('PreToolUse', { tool_name: 'Bash', tool_input: input })
  report('PermissionRequest', { tool_name: 'Bash', tool_input: input })
  await expect.poll(async () => (await only())?.prompt).toContain('prompt [redacted')
  await expect.poll(async () => (await only())?.git?.state).toBe('dirty')
  const agent = (await only())?.id
  const snapshots = async () =>
    (await api.get<SnapshotsResponse>(`/api/agents/${agent}/snapshots`)).json.snapshots
  await expect.poll(async () => (await snapshots()).length).toBeGreaterThan(0)
  write('user', [{ type: 'tool_result', tool_use_id: 'one', content: `said ${SECRET}` }])
  report('Stop', { last_assistant_message: `words ${SECRET}` })
  await expect.poll(async () => (await only())?.lastWords).toContain('words [redacted')
  await expect.poll(() => readdirSync(join(server.dataDir, 'spool', 'new'))).toEqual([])

  const of = `/api/agents/${agent}`
  // Its transcript is looked for after the hook that names it was heard.
  await expect
    .poll(async () => (await api.get(`${of}/transcript`)).text)
    .toContain('said [redacted')

  const [newest] = await snapshots()
  const paths = [
    ...['/api/agents', '/api/sessions', '/api/attention', '/api/recovery', '/api/status'],
    ...[`${of}/turns`, `${of}/turns/1/text`, `${of}/evidence`, `${of}/transcript`, `${of}/diff`],
    ...[`${of}/snapshots`, `${of}/snapshots/${newest?.id}`, `${of}/attention`, '/metrics'],
    ...['/api/search?q=prompt', '/api/search?q=shown', '/api/search?q=redacted', '/api/starts'],
  ]
  const places: Record<string, string> = {}
  for (const path of paths) {
    const { status, text } = await api.get(path)
    expect(status, path).toBe(200)
    places[path] = text
  }
  const wrong = await api.post<{ path: string }>(`${of}/wrong`, { expected: 'idle' })
  expect(wrong.status).toBe(200)
  feed.close()
  await server.stop()
  places.feed = heard.join('\n')
  places.log = server.output.stderr
  for (const entry of readdirSync(server.dataDir, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name)
    if (entry.isFile()) places[relative(server.dataDir, file)] = readFileSync(file, 'latin1')
  }
  // The secret was seen in the first place, and taken out.
  for (const place of ['feed', `${of}/transcript`, `${of}/diff`, `${of}/snapshots/${newest?.id}`]) {
    expect(places[place], place).toContain('[redacted')
  }
  expect(Object.keys(places)).toContain('dogwatch.db')
  const found = Object.entries(places).flatMap(([place, text]) => {
    const where = text.indexOf(PART)
    return where < 0 ? [] : [`${place}: …${text.slice(Math.max(0, where - 120), where + 20)}…`]
  })
  expect(found).toEqual([])
})
