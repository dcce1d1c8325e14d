import { expect, test } from 'playwright/test'
import { readFirstChildren } from '../../server/lib/proc.ts'
import type { AgentsResponse } from '../../server/protocol.ts'
import { FakeAgent } from '../support/fake-agent.ts'
import { startServer } from '../support/server.ts'
import { startTmux } from '../support/tmux.ts'

/** Panes that changed are looked at each second for a time; beyond it they are left alone. */
const STILL_MS = 9_000

/** Ends what the shell of a session runs, as `kill -9` does. */
async function killIn(agent: FakeAgent): Promise<void> {
  const [child = ''] = readFirstChildren(await agent.pid()).split(' ')
  process.kill(Number(child), 'SIGKILL')
}

test('in panes that were still for long, an agent that comes, goes or is replaced is noticed', async () => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'plain' })
  await using server = await startServer({ tmux })
  const api = server.api(await server.pair())
  /** The agents in a session, those that have ended among them. */
  const agentsIn = async (session: string) => {
    const { agents } = (await api.get<AgentsResponse>('/api/agents')).json
    return agents.filter(({ place }) => place?.session === session)
  }
  const live = async (session: string) =>
    (await agentsIn(session)).flatMap(({ id, liveness }) => (liveness === 'live' ? [id] : []))
  /** A session with a shell that runs an agent, which was seen at work and at rest. */
  const openShell = async (name: string, line: (script: string) => string) => {
    const claude = new FakeAgent(tmux, 'claude', name)
    await tmux.newSession({ name, cols: 120, rows: 40, command: line(`'${claude.script}'`) })
    const activities = async () => (await agentsIn(name)).map(({ activity }) => activity)
    claude.show('02-working-stream')
    await expect.poll(activities).toEqual(['working'])
    claude.show('06-idle-after-turn')
    await expect.poll(activities).toEqual(['idle'])
    return claude
  }

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
