import { readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'playwright/test'
import type {
  AgentsResponse,
  AgentView,
  AttentionResponse,
  DiffResponse,
} from '../../server/protocol.ts'
import { FakeAgent } from '../support/fake-agent.ts'
import { Repository } from '../support/repository.ts'
import { isAlive, type Server, startServer } from '../support/server.ts'
import { startTmux, type Tmux } from '../support/tmux.ts'
import { differences } from '../support/wire.ts'

/** An agent in a folder, and a server that watches it. */
async function stage(repository: Repository, options: { path?: string; cwd?: string } = {}) {
  const tmux = await startTmux()
  const claude = new FakeAgent(tmux, 'claude', 'work')
  const cwd = options.cwd ?? repository.path
  await tmux.newSession({
    ...{ name: 'work', cwd, cols: 120, rows: 40 },
    command: `exec ${claude.script}`,
  })
  const path = options.path ?? process.env.PATH ?? ''
  const server = await startServer({ tmux, env: { PATH: path } })
  const api = server.api(await server.pair())
  return {
    tmux,
    server,
    claude,
    api,
    async only(): Promise<AgentView | undefined> {
      return (await api.get<AgentsResponse>('/api/agents')).json.agents[0]
    },
    async [Symbol.asyncDispose]() {
      await closed(server, tmux)
    },
  }
}

async function closed(server: Server, tmux: Tmux): Promise<void> {
  await server[Symbol.asyncDispose]()
  await tmux[Symbol.asyncDispose]()
}

test('an agent shows its branch, what is not committed, and what exactly that is', async () => {
  await using repository = await Repository.open()
  await repository.write('a', 'old\n')
  await repository.commit()
  await repository.write('a', 'new\n')
  await using scene = await stage(repository)
  await expect.poll(async () => (await scene.only())?.git?.state).toBe('dirty')
  const agent = await scene.only()
  expect(agent?.git).toMatchObject({ branch: 'main', modified: 1, worktree: repository.path })
  const diff = await scene.api.get<DiffResponse>(`/api/agents/${agent?.id}/diff`)
  expect(differences(diff.json, 'DiffResponse')).toEqual([])
  expect(diff.json.files).toMatchObject([{ path: 'a', status: 'modified', added: 1, removed: 1 }])
})

test('the end of a turn shows in git without a wait, the end of the agent changes nothing', async () => {
  await using repository = await Repository.open()
  await using scene = await stage(repository)
  scene.claude.show('02-working-stream')
  await expect.poll(async () => (await scene.only())?.turn?.generation).toBe(1)
  await expect.poll(async () => (await scene.only())?.git?.state).toBe('clean')
  await repository.write('a', 'made by the agent\n')
  scene.claude.show('06-idle-after-turn')
  await expect.poll(async () => (await scene.only())?.git?.state).toBe('dirty')
  process.kill(await scene.claude.pid(), 'SIGKILL')
  await expect.poll(async () => (await scene.only())?.liveness).toBe('ended')
  expect((await scene.only())?.git).toMatchObject({ state: 'dirty', untracked: 1 })
})

test('what an agent left uncommitted needs nobody any more once it is committed, also after our restart', async () => {
  await using repository = await Repository.open()
  await repository.write('a', 'made by the agent\n')
  await using scene = await stage(repository)
  const needs = async () =>
    (await scene.api.get<AttentionResponse>('/api/attention')).json.items.map(
      ({ reason }) => reason,
    )
  scene.claude.show('02-working-stream')
  await expect.poll(async () => (await scene.only())?.turn?.generation).toBe(1)
  await expect.poll(async () => (await scene.only())?.git?.state).toBe('dirty')
  process.kill(await scene.claude.pid(), 'SIGKILL')
  await expect.poll(needs).toEqual(['uncommitted'])
  await scene.server.stop()
  await scene.server.start()
  expect(await needs()).toEqual(['uncommitted'])
  await scene.server.stop()
  await repository.commit()
  await scene.server.start()
  await expect.poll(async () => (await scene.only())?.git?.state).toBe('clean')
  expect((await scene.only())?.liveness).toBe('historical')
  await expect.poll(needs).not.toContain('uncommitted')
})

test('a git that hangs makes nothing else wait, and is shown as unknown', async () => {
  await using repository = await Repository.open()
  const pids = join(repository.home, 'pids')
  await repository.script('bin/git', `echo $$ >> ${pids}; sleep 30`)
  const path = `${join(repository.home, 'bin')}:${process.env.PATH}`
  await using scene = await stage(repository, { path })
  const running = () => {
    const text = readFileSync(pids, { encoding: 'utf8', flag: 'a+' })
    return text.trim().split('\n').map(Number).filter(isAlive)
  }
  // Looked at often: what follows is to be answered within the five seconds of a hung git.
  await expect.poll(running, { intervals: [50] }).not.toEqual([])
  const [pid] = running()
  const agent = await scene.only()
  expect(agent?.git).toBeUndefined()
  expect((await scene.api.get('/api/sessions')).status).toBe(200)
  // It still hung when the answers were there.
  expect(running()).toContain(pid)
  await expect.poll(async () => (await scene.only())?.git?.state).toBe('unknown')
  expect((await scene.only())?.git?.detail).toBe('git did not answer within 5 seconds.')
  await expect.poll(running).not.toContain(pid)
})

test('no repository, no agent: told apart', async () => {
  await using repository = await Repository.open()
  await using scene = await stage(repository, { cwd: repository.home })
  await expect.poll(scene.only).toBeDefined()
  const agent = await scene.only()
  const none = await scene.api.get(`/api/agents/${agent?.id}/diff`)
  expect(none.status).toBe(404)
  expect(none.text).toContain('git worktree')
  expect((await scene.api.get('/api/agents/nobody/diff')).text).toContain('not known')
})

test('a worktree that was removed is unknown, never clean', async () => {
  await using repository = await Repository.open()
  await using scene = await stage(repository)
  await expect.poll(async () => (await scene.only())?.git?.state).toBe('clean')
  await rm(repository.path, { recursive: true })
  const agent = await scene.only()
  const { json } = await scene.api.get<DiffResponse>(`/api/agents/${agent?.id}/diff`)
  expect(json).toMatchObject({
    git: { state: 'unknown', detail: 'The folder is gone.' },
    files: [],
  })
  await expect.poll(async () => (await scene.only())?.git?.state).toBe('unknown')
})
