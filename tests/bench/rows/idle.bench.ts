import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'playwright/test'
import type { AgentsResponse } from '../../../server/protocol.ts'
import { openFeed } from '../feed.ts'
import { LiveAgents } from '../live-agents.ts'
import { cpuMs, familyOf, openFiles, procMissing, pssMb } from '../proc.ts'
import { report, sized } from '../row.ts'
import { openScene } from '../scene.ts'

const PERIOD_MS = sized(40_000, 10_000)
const SETTLE_MS = sized(5_000, 3_000)
const SIZES = [
  { sessions: 100, us: 0.5, tmux: 0.3 },
  { sessions: sized(500, 200), us: undefined, tmux: undefined },
]

/** Percent of one core that each group of processes takes over the period. */
async function sample(groups: number[][], periodMs: number): Promise<number[]> {
  const sum = (pids: number[]) => pids.reduce((total, pid) => total + cpuMs(pid), 0)
  const start = performance.now()
  const before = groups.map(sum)
  await wait(periodMs)
  const elapsed = performance.now() - start
  return groups.map((pids, index) => ((sum(pids) - (before[index] ?? 0)) / elapsed) * 100)
}

test('idle sessions, the list open in a page', async () => {
  const missing = procMissing()
  if (missing) throw new Error(missing)
  await using scene = await openScene()
  await using _feed = await openFeed(scene.server.port, await scene.ticket())
  const tmux = (await scene.tmux.serverPid()) ?? 0
  const floorTmux = (await scene.floorTmux.serverPid()) ?? 0
  let made = 1
  for (const { sessions, us, tmux: tmuxBudget } of SIZES) {
    for (; made < sessions; made += 1) {
      await scene.tmux.newSession({ command: 'exec cat' })
      await scene.floorTmux.newSession({ command: 'exec cat' })
    }
    const listed = async () => (await scene.sessions()).length
    await expect.poll(listed, { timeout: 60_000 }).toBe(sessions)
    await wait(SETTLE_MS)
    const family = familyOf(scene.server.pid)
    const [ours = 0, its = 0, floor = 0] = await sample([family, [tmux], [floorTmux]], PERIOD_MS)
    const memory = family.reduce((sum, pid) => sum + pssMb(pid), 0)
    await report(test.info(), {
      id: `idle.us.${sessions}`,
      name: `${sessions} idle sessions: dogwatch`,
      unit: '% of a core',
      value: ours,
      ...(us === undefined ? {} : { budget: { of: 'value', max: us } }),
      note: `${family.length} processes, ${memory.toFixed(0)} MB, ${openFiles(scene.server.pid).files} files; over ${PERIOD_MS / 1_000} s`,
    })
    await report(test.info(), {
      id: `idle.tmux.${sessions}`,
      name: `${sessions} idle sessions: tmux`,
      unit: '% of a core',
      value: its,
      floor: { name: 'without dogwatch', value: floor },
      ...(tmuxBudget === undefined ? {} : { budget: { of: 'value', max: tmuxBudget } }),
    })
  }
})

const AGENTS = 100

test('idle agents, the list open in a page', async () => {
  const missing = procMissing()
  if (missing) throw new Error(missing)
  await using scene = await openScene()
  await using _feed = await openFeed(scene.server.port, await scene.ticket())
  const agents = new LiveAgents(scene.tmux)
  await agents.grow(AGENTS, 'idle')
  const idle = async () => {
    const reply = await scene.server.api(scene.token).get<AgentsResponse>('/api/agents')
    return reply.json.agents.filter(({ activity }) => activity === 'idle').length
  }
  await expect.poll(idle, { timeout: 60_000 }).toBe(AGENTS)
  // Panes whose programs have changed are looked at each second for some time.
  await wait(2 * SETTLE_MS)
  const [ours = 0] = await sample([familyOf(scene.server.pid)], PERIOD_MS)
  await report(test.info(), {
    id: `idle.us.agents.${AGENTS}`,
    name: `${AGENTS} idle agents: dogwatch`,
    unit: '% of a core',
    value: ours,
    budget: { of: 'value', max: 0.5 },
    note: `over ${PERIOD_MS / 1_000} s`,
  })
})
