import { execFileSync } from 'node:child_process'
import { appendFileSync, copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { expect, test } from 'playwright/test'
import type { AgentView, FeedFrame, SessionsResponse } from '../../server/protocol.ts'
import { FakeAgent } from '../support/fake-agent.ts'
import { Remembered } from '../support/remembered.ts'
import { startServer } from '../support/server.ts'
import { startTmux } from '../support/tmux.ts'

const CONVERSATION = '686dfa20-0c8e-4121-9720-db46dcc809b9'
/** Nobody gave them out. Each goes into every place where a text of an agent can come in. */
const SECRETS = {
  token: `ghp_${'q7W2'.repeat(9)}`,
  key: `sk-ant-api03-${'Zx9_'.repeat(20)}AA`,
  password: 'Tr0ub4dor-horse',
}
const LEAK = `${SECRETS.token} ${SECRETS.key} DB_PASSWORD=${SECRETS.password}`

test('secrets of agents are on the live screen and in their own files, and nowhere else', async () => {
  await using tmux = await startTmux()
  const env = { DOGWATCH_SNAPSHOT_SECONDS: '0.05' }
  await using server = await startServer({ tmux, env, args: ['--log-level', 'debug'] })
  const token = await server.pair()
  const memory = new Remembered(server, token)
  const frames: string[] = []
  const socket = await server.ws('/ws/feed', token, (data) => frames.push(String(data)))

  const work = join(tmux.dir, 'work')
  mkdirSync(work, { recursive: true })
  const git = (...args: string[]) => execFileSync('git', ['-C', work, ...args], { stdio: 'ignore' })
  git('init', '-q')
  appendFileSync(join(work, 'config.env'), `before\nDB_PASSWORD=${SECRETS.password}\n`)
  const claude = new FakeAgent(tmux, 'claude', 'work')
  const argv = `exec sh -c 'read line' --password ${SECRETS.password}`
  await tmux.newSession({ name: 'argv', command: argv })
  await tmux.newSession({ name: 'at', command: `cd ${work} && exec ${claude.script}` })
  const agent = async (): Promise<AgentView> => memory.agent()
  await expect.poll(() => agent().catch(() => undefined)).toBeDefined()

  // Hooks, with the secrets in prompt and last words.
  copyFileSync(resolve('server/agents/hook.sh'), join(server.dataDir, 'hook.sh'))
  const pane = await tmux.run('display-message', '-p', '-t', 'at', '#{pane_id}')
  const TMUX = `${tmux.socketPath},${await tmux.serverPid()},0`
  const hook = (event: string, payload: object) =>
    execFileSync('/bin/sh', [join(server.dataDir, 'hook.sh'), 'claude', event], {
      env: { ...tmux.env, TMUX_PANE: pane, TMUX },
      input: JSON.stringify({ session_id: CONVERSATION, ...payload }),
    })
  hook('UserPromptSubmit', { prompt: `use ${LEAK}` })
  // Detection reads what is there, not what is left of it.
  await expect.poll(async () => (await agent()).turn?.generation).toBeGreaterThan(0)
  await expect.poll(async () => (await agent()).prompt).toContain('[redacted:')

  // The screen with a title, wrapped at its edge and in colours.
  claude.print(
    `\x1b]2;${SECRETS.token}\x07marker ${LEAK}\r\n${'.'.repeat(100)} ${SECRETS.key}\r\n` +
      `\x1b[31m${SECRETS.token.slice(0, 12)}\x1b[32m${SECRETS.token.slice(12)}\x1b[0m\r\n`,
  )
  await expect.poll(() => memory.screen()).toContain('marker')

  // Its transcript.
  const folder = join(tmux.dir, '.claude', 'projects', '-work')
  mkdirSync(folder, { recursive: true })
  const say = (type: string, content: object[]) =>
    appendFileSync(
      join(folder, `${CONVERSATION}.jsonl`),
      `${JSON.stringify({
        type,
        uuid: crypto.randomUUID(),
        sessionId: CONVERSATION,
        timestamp: new Date().toISOString(),
        message: { role: type, content },
      })}\n`,
    )
  say('user', [{ type: 'text', text: `marker ${LEAK}` }])
  say('assistant', [
    { type: 'tool_use', id: 't1', name: 'Bash', input: { command: `export ${LEAK}` } },
  ])
  say('user', [{ type: 'tool_result', tool_use_id: 't1', content: LEAK }])
  say('assistant', [{ type: 'text', text: `marker ${LEAK}` }])
  hook('Stop', { last_assistant_message: `it is ${LEAK}` })
  await expect.poll(async () => (await agent()).turn).toBeUndefined()
  await expect
    .poll(async () => (await memory.get('/api/search?q=marker&kind=transcript')).text)
    .toContain('[redacted:')

  // Every answer there is, but the live screen and its scrollback.
  const { id } = await agent()
  const [newest] = (await memory.list()).slice(-1)
  const { sessions } = (await memory.get<SessionsResponse>('/api/sessions')).json
  expect(sessions.length).toBeGreaterThan(0)
  const answers: Record<string, string> = {}
  const ask = async (path: string) => {
    answers[path] = (await memory.get(path)).text
  }
  for (const path of ['sessions', 'agents', 'attention', 'status', 'settings', 'devices']) {
    await ask(`/api/${path}`)
  }
  for (const part of ['turns', 'snapshots', 'transcript', 'diff', 'evidence', 'attention']) {
    await ask(`/api/agents/${id}/${part}`)
  }
  await ask(`/api/agents/${id}/snapshots/${newest?.id}`)
  await ask(`/api/agents/${id}/snapshots/${newest?.id}/diff?to=1`)
  await ask(`/api/agents/${id}/turns/1/text`)
  for (const q of ['marker', 'password', 'redacted', ...Object.values(SECRETS)]) {
    await ask(`/api/search?q=${encodeURIComponent(q)}`)
  }
  await ask('/metrics')
  const wrong = await server.api(token).post(`/api/agents/${id}/wrong`, { expected: 'working' })
  answers.wrong = wrong.text
  expect(answers[`/api/agents/${id}/diff`]).toContain('config.env')
  expect(answers[`/api/agents/${id}/transcript`]).toContain('marker')
  socket.terminate()
  await server.stop()

  const places: Record<string, string> = {
    ...answers,
    log: server.output.stderr,
    feed: frames.join('\n'),
  }
  for (const entry of readdirSync(server.dataDir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    places[relative(server.dataDir, path)] = readFileSync(path, 'latin1')
  }
  expect(Object.keys(places)).toContain('dogwatch.db')
  expect(Object.keys(places).some((name) => name.startsWith('reports/'))).toBe(true)
  expect(frames.map((frame) => (JSON.parse(frame) as FeedFrame).type)).toContain('agent')
  const leaks = Object.entries(places).flatMap(([place, text]) =>
    Object.entries(SECRETS)
      // Half of one is one too.
      .filter(
        ([, secret]) => text.includes(secret.slice(0, 14)) || text.includes(secret.slice(-14)),
      )
      // Whoever asks for a secret is told what he asked for only where it is found.
      .map(([name]) => `${name} in ${place}`),
  )
  expect(leaks).toEqual([])
})

test('what an agent does is read from what is there, also where that looks like a secret', async () => {
  await using tmux = await startTmux()
  await using server = await startServer({ tmux })
  const memory = new Remembered(server, await server.pair())
  const claude = new FakeAgent(tmux, 'claude', 'work')
  await claude.start()
  const doing = () =>
    memory.agent().then(
      ({ activity }) => activity,
      () => 'none',
    )
  claude.show('06-idle-after-turn')
  await expect.poll(doing).toBe('idle')
  claude.show('02-working-stream')
  // Nothing but this row says that it works, and the redactor leaves nothing of it.
  claude.change((shown) =>
    shown
      .replace(/^✻ .*$/m, `✻ Cookie: session=${SECRETS.token} (12s · esc to interrupt)`)
      .replace('⏸ manual mode on · esc to interrupt · ← for agents', ''),
  )
  await expect.poll(doing).toBe('working')
  await expect.poll(async () => (await memory.agent()).evidence.line).toContain('[redacted:')
  expect(JSON.stringify(await memory.agent())).not.toContain(SECRETS.token)
})
