import { expect, test } from 'playwright/test'
import { LIMITS } from '../../../server/protocol.ts'
import type { Link } from '../link.ts'
import { familyOf, openFiles, procMissing, pssMb } from '../proc.ts'
import { report, sized } from '../row.ts'
import { newTypingSession, openScene, type Peer } from '../scene.ts'

const VIEWERS = sized(200, 40)
const STEPS = [0, 1, sized(50, 20), VIEWERS]

interface Cost {
  viewers: number
  processes: number
  files: number
  terminals: number
  memory: number
}

function costOf(pid: number, viewers: number): Cost {
  const family = familyOf(pid)
  const memory = family.reduce((sum, member) => sum + pssMb(member), 0)
  return { viewers, processes: family.length, memory, ...openFiles(pid) }
}

/** Opens viewers up to each step and says what they cost; closes them again. */
async function openAll(peer: Peer, pid: number): Promise<Cost[]> {
  const sessions: string[] = []
  while (sessions.length * LIMITS.viewersPerSession < VIEWERS) {
    sessions.push(await newTypingSession(peer.tmux))
  }
  // What the first viewer leaves behind for good (loaded code, caches) is not the cost of viewers.
  const processes = familyOf(pid).length
  const first = await peer.open(sessions[0] ?? '')
  await first.cut()
  await expect.poll(() => familyOf(pid).length).toBeLessThanOrEqual(processes)
  const links: Link[] = []
  const costs: Cost[] = []
  for (const step of STEPS) {
    while (links.length < step) {
      links.push(await peer.open(sessions[links.length % sessions.length] ?? ''))
    }
    costs.push(costOf(pid, step))
  }
  await Promise.all(links.map((link) => link.cut()))
  return costs
}

test(`${VIEWERS} viewers opened and closed`, async () => {
  const missing = procMissing()
  if (missing) throw new Error(missing)
  await using scene = await openScene()
  const mine = await openAll(scene.dogwatch, scene.server.pid)
  const closedAt = performance.now()
  const left = () => {
    const now = costOf(scene.server.pid, 0)
    const before = mine[0] ?? now
    return {
      processes: now.processes - before.processes,
      files: now.files - before.files,
      terminals: now.terminals - before.terminals,
    }
  }
  // Gives up in the end and reports what is left.
  await expect
    .poll(() => Math.max(...Object.values(left())), { timeout: 30_000, intervals: [100] })
    .toBeLessThanOrEqual(0)
    .catch(() => undefined)
  const seconds = (performance.now() - closedAt) / 1_000
  for (const [what, value] of Object.entries(left())) {
    await report(test.info(), {
      id: `viewers.left.${what}`,
      name: `${what} left ${VIEWERS} viewers later`,
      unit: 'count',
      value,
      budget: { of: 'value', max: 0 },
      note: `${seconds.toFixed(1)} s after they were cut; before: ${mine[0]?.[what as keyof Cost]}, at ${VIEWERS} viewers: ${mine.at(-1)?.[what as keyof Cost]}`,
    })
  }
  const bare = await openAll(scene.bare, scene.bareProcess.pid)
  for (const [index, cost] of mine.entries()) {
    const floor = bare[index]
    await report(test.info(), {
      id: `viewers.memory.${cost.viewers}`,
      name: `memory of us and our clients, ${cost.viewers} viewers`,
      unit: 'MB',
      value: cost.memory,
      ...(floor ? { floor: { name: 'bare', value: floor.memory } } : {}),
      note: `${cost.processes} processes, bare ${floor?.processes}`,
    })
  }
})
