import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'playwright/test'
import type {
  AgentsResponse,
  AgentView,
  AttentionResponse,
  AttentionView,
  FeedFrame,
  ResumeResponse,
} from '../../server/protocol.ts'
import { WAITING_WORDS } from '../../web/state/attention.ts'
import { ageText } from '../../web/state/words.ts'
import { FakeAgent } from '../support/fake-agent.ts'
import { kept } from '../support/kept.ts'
import { Repository } from '../support/repository.ts'
import { CONVERSATIONS, installResumable } from '../support/resumable-agent.ts'
import { isAlive, startServer } from '../support/server.ts'
import { startTmux } from '../support/tmux.ts'

const DAY = 86_400_000
const CLOCK = pathToFileURL(resolve(import.meta.dirname, '../support/later-clock.mjs')).href
const [CONVERSATION] = CONVERSATIONS

/** A git that can be made to hang; the processes that did so are in `pids`. */
async function hangingGit(repository: Repository) {
  const [pids, hangs] = ['pids', 'hangs'].map((name) => join(repository.home, name))
  const real = 'for at in /usr/local/bin /usr/bin /bin; do'
  await repository.script(
    'bin/git',
    `if [ -e ${hangs} ]; then echo $$ >> ${pids}; exec sleep 30; fi
${real} [ -x $at/git ] && exec $at/git "$@"; done`,
  )
  return {
    path: `${join(repository.home, 'bin')}:${process.env.PATH}`,
    hang: () => writeFileSync(hangs ?? '', ''),
    hanging: () => {
      if (!existsSync(pids ?? '')) return []
      return readFileSync(pids ?? '', 'utf8')
        .trim()
        .split('\n')
        .map(Number)
        .filter(isAlive)
    },
  }
}

test('three sessions need their user in the same order after every end, a week later, with a hung git', async () => {
  await using clean = await Repository.open()
  await using dirty = await Repository.open()
  await clean.write('a', 'a\n')
  await clean.commit()
  await dirty.write('a', 'a\n')
  await dirty.commit()
  const git = await hangingGit(clean)
  await using tmux = await startTmux()
  installResumable(tmux)
  const env: Record<string, string> = { PATH: git.path, HOME: tmux.dir }
  await using server = await startServer({ tmux, env })
  const token = await server.pair('full', 'laptop')
  const api = server.api(token)
  const views = async () => (await api.get<AgentsResponse>('/api/agents')).json.agents
  const items = async () => (await api.get<AttentionResponse>('/api/attention')).json.items
  const needs = async () => (await items()).map(({ reason }) => reason)
  const begin = async (name: string, cwd: string): Promise<FakeAgent> => {
    const fake = new FakeAgent(tmux, 'claude', name)
    const command = `exec ${fake.script}`
    await tmux.newSession({ name, cwd, cols: 120, rows: 40, command })
    return fake
  }
  const viewOf = async (name: string): Promise<AgentView | undefined> =>
    (await views()).find(({ place }) => place?.session === name)
  const finish = async (name: string, fake: FakeAgent) => {
    fake.show('02-working-stream')
    await expect.poll(async () => (await viewOf(name))?.turn).toBeDefined()
    fake.show('06-idle-after-turn')
    await expect.poll(async () => (await viewOf(name))?.lastTurn?.end).toBe('done')
  }

  const asking = await begin('asks', clean.path)
  await asking.writeLive('waiting', { waitingFor: 'permission prompt', sessionId: CONVERSATION })
  asking.show('03-permission-bash')
  const done = await begin('done', clean.path)
  await finish('done', done)
  const left = await begin('left', dirty.path)
  await dirty.write('a', 'not committed\n')
  await finish('left', left)
  await expect.poll(async () => (await viewOf('left'))?.git?.state).toBe('dirty')
  await expect.poll(needs).toEqual(['permission', 'turn', 'turn'])
  // Its user reads what it said and ends it; what it changed stays where it is.
  const pane = (await viewOf('left'))?.pane
  await api.post(`/api/panes/${pane}/keys`, { id: 'end', keys: ['Enter'] })
  await expect.poll(needs).toEqual(['permission', 'turn'])
  for (const fake of [left, done, asking]) process.kill(await fake.pid(), 'SIGKILL')
  await expect.poll(needs).toEqual(['permission', 'turn', 'uncommitted'])
  await expect.poll(async () => (await viewOf('asks'))?.liveness).toBe('ended')
  const plain = ({ ask: _, ...item }: AttentionView) => item
  const before = (await items()).map(plain)
  const waitsFor = before.map(({ agent }) => agent)
  const names = await Promise.all(['asks', 'done', 'left'].map(viewOf))
  expect(waitsFor).toEqual(names.map((view) => view?.id))

  await kept(server, 'SELECT 1 WHERE (SELECT count(*) FROM attention WHERE closed_at IS NULL) = 3')
  await server.kill9()
  await tmux.run('kill-server').catch(() => {
    // With its last session it may have ended by itself.
  })
  await server.start()
  expect((await items()).map(plain)).toEqual(before)

  await server.kill9()
  Object.assign(env, { AHEAD_MS: `${7 * DAY}`, NODE_OPTIONS: `--import=${CLOCK}` })
  await server.start()
  const feed: FeedFrame[] = []
  const socket = await server.ws('/ws/feed', token, (data) => feed.push(JSON.parse(`${data}`)))
  await expect.poll(() => feed[0]?.type).toBe('hello')
  const [hello] = feed
  if (hello?.type !== 'hello') throw new Error('the feed begins with its hello')
  expect(hello.attention.map(plain)).toEqual(before)
  const now = Date.now() + 7 * DAY
  expect(
    hello.attention.map((one) => [WAITING_WORDS[one.reason], ageText(now - one.since)]),
  ).toEqual([
    ['Waiting for your permission', '7 d'],
    ['It is your turn', '7 d'],
    ['Ended with uncommitted work', '7 d'],
  ])

  git.hang()
  const [first, second, third] = before
  const taken = await api.post<ResumeResponse>(`/api/agents/${first?.agent}/resume`, {
    ...{ id: 'up', run: true },
  })
  expect(taken.status).toBe(200)
  // Looked at often: what follows is to be answered within the five seconds of a hung git.
  const often = { intervals: [50] }
  await expect
    .poll(async () => (await items()).map(({ id }) => id), often)
    .toEqual([second?.id, third?.id])
  await expect.poll(git.hanging, often).not.toEqual([])
  const hung = git.hanging().at(-1)
  expect((await api.get('/api/sessions')).status).toBe(200)
  expect((await api.post(`/api/attention/${third?.id}/dismiss`)).json).toMatchObject({
    open: false,
  })
  expect(await needs()).toEqual(['turn'])
  await expect
    .poll(() => feed.findLast(({ type }) => type === 'attention-gone'), often)
    .toMatchObject({
      id: third?.id,
    })
  // All of that was answered while it still hung.
  expect(git.hanging()).toContain(hung)
  socket.close()
})
