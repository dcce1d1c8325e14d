import { expect, test } from 'playwright/test'
import { readFirstChildren } from '../../server/lib/proc.ts'
import type { AgentsResponse, AgentView } from '../../server/protocol.ts'
import { FakeAgent } from '../support/fake-agent.ts'
import { type Server, startServer } from '../support/server.ts'
import { startTmux, type Tmux } from '../support/tmux.ts'

/** Panes that changed are looked at each second for a time; beyond it they are left alone. */
const STILL_MS = 9_000

let tmux: Tmux
let server: Server
let token = ''

test.beforeEach(async () => {
  tmux = await startTmux()
  await tmux.newSession({ name: 'plain' })
  server = await startServer({ tmux })
  token = await server.pair()
})

test.afterEach(async () => {
  await server[Symbol.asyncDispose]()
  await tmux[Symbol.asyncDispose]()
})

/** The agents in a session, those that have ended among them. */
async function agentsIn(session: string): Promise<AgentView[]> {
  const { agents } = (await server.api(token).get<AgentsResponse>('/api/agents')).json
  return agents.filter(({ place }) => place?.session === session)
}

async function live(session: string): Promise<string[]> {
  return (await agentsIn(session)).flatMap(({ id, liveness }) => (liveness === 'live' ? [id] : []))
}

/** Opens a session with a shell that runs an agent, and waits until that was seen at work and at rest. */
async function openShell(name: string, line: (script: string) => string): Promise<FakeAgent> {
  const claude = new FakeAgent(tmux, 'claude', name)
  await tmux.newSession({ name, cols: 120, rows: 40, command: line(`'${claude.script}'`) })
  const activities = async () => (await agentsIn(name)).map(({ activity }) => activity)
  claude.show('02-working-stream')
  await expect.poll(activities).toEqual(['working'])
  claude.show('06-idle-after-turn')
  await expect.poll(activities).toEqual(['idle'])
  return claude
}

/** Ends what the shell of a session runs, as `kill -9` does. */
async function killIn(agent: FakeAgent): Promise<void> {
  const [child = ''] = readFirstChildren(await agent.pid()).split(' ')
  process.kill(Number(child), 'SIGKILL')
}

test('in panes that were still for long, an agent that comes, goes or is replaced is noticed', async () => {
  const goes = await openShell('goes', (script) => `${script} 2>/dev/null; exec cat`)
  const replaced = await openShell('replaced', (script) => `while :; do ${script}; done`)
  const comes = new FakeAgent(tmux, 'claude', 'comes')
  await tmux.newSession({ name: 'comes', cols: 120, rows: 40, command: 'exec sh' })
  const [gone] = await live('goes')
  const [before] = await live('replaced')
  expect([gone, before]).not.toContain(undefined)
  const stillAt = Date.now() + STILL_MS
  await expect.poll(() => Date.now(), { timeout: 60_000 }).toBeGreaterThan(stillAt)
  expect(await live('comes')).toEqual([])

  await killIn(goes)
  await expect
    .poll(async () => (await agentsIn('goes')).map(({ id, liveness }) => [id, liveness]))
    .toEqual([[gone, 'ended']])

  // The shell starts the next one at once.
  await killIn(replaced)
  await expect
    .poll(async () => (await live('replaced')).filter((id) => id !== before))
    .toHaveLength(1)
  await expect
    .poll(async () => (await agentsIn('replaced')).find(({ id }) => id === before)?.liveness)
    .toBe('ended')
  expect(await live('replaced')).toHaveLength(1)

  comes.show('06-idle-after-turn')
  await tmux.run('send-keys', '-t', 'comes', `'${comes.script}'`, 'Enter')
  await expect.poll(() => live('comes')).toHaveLength(1)
})
