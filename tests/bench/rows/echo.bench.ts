import { test } from 'playwright/test'
import { measureEcho, settle, typing } from '../echo.ts'
import { cpuMs } from '../proc.ts'
import { report, sized } from '../row.ts'
import { newTypingSession, openScene, type Peer } from '../scene.ts'
import { pooled, quantile, type Rounds, ratioOf, shuffled } from '../stats.ts'

const ROUNDS = sized(7, 3)
const KEYS = sized(150, 40)

interface Typed {
  times: number[]
  /** Processor time of the bridge per key, in milliseconds. */
  work: number
}

/** One round of one peer: a session of its own, a terminal on it, keys at a typist's pace. */
async function typeInto(peer: Peer, bridgePid: number): Promise<Typed> {
  const session = await newTypingSession(peer.tmux)
  const link = await peer.open(session)
  try {
    await settle(link)
    const before = cpuMs(bridgePid)
    const times = await measureEcho(link, { keys: KEYS, pauseMs: typing, deadlineMs: 5_000 })
    return { times, work: (cpuMs(bridgePid) - before) / KEYS }
  } finally {
    await link.cut()
    await peer.tmux.run('kill-session', '-t', session)
  }
}

test('key echo on an idle machine', async () => {
  await using scene = await openScene()
  const peers = [scene.dogwatch, scene.bare, scene.inProcess]
  const rounds = new Map<Peer['name'], Rounds>(peers.map((peer) => [peer.name, []]))
  const work = new Map<Peer['name'], Rounds>(peers.map((peer) => [peer.name, []]))
  // The first round warms up compilers and caches and does not count.
  for (let round = -1; round < ROUNDS; round += 1) {
    for (const peer of shuffled(peers)) {
      const pid = peer === scene.dogwatch ? scene.server.pid : scene.bareProcess.pid
      const { times, work: mine } = await typeInto(peer, pid)
      if (round < 0) continue
      rounds.get(peer.name)?.push(times)
      work.get(peer.name)?.push([mine])
    }
  }
  const mine = rounds.get('dogwatch') ?? []
  for (const { quantileOf, name, max } of [
    { quantileOf: 0.5, name: 'p50', max: 1.15 },
    { quantileOf: 0.95, name: 'p95', max: undefined },
  ]) {
    for (const floor of ['bare', 'in-process'] as const) {
      const below = rounds.get(floor) ?? []
      await report(test.info(), {
        id: `echo.${name}.${floor}`,
        name: `key echo, ${name}, beside ${floor === 'bare' ? 'a bare bridge' : 'node-pty alone'}`,
        unit: 'ms',
        value: quantile(pooled(mine), quantileOf),
        floor: { name: floor, value: quantile(pooled(below), quantileOf) },
        ratio: ratioOf(mine, below, (values) => quantile(values, quantileOf)),
        ...(max !== undefined && floor === 'bare' ? { budget: { of: 'ratio', max } } : {}),
      })
    }
  }
  const mineWork = work.get('dogwatch') ?? []
  const bareWork = work.get('bare') ?? []
  await report(test.info(), {
    id: 'echo.work',
    name: 'processor time per key and echo',
    unit: 'ms',
    value: quantile(pooled(mineWork), 0.5),
    floor: { name: 'bare', value: quantile(pooled(bareWork), 0.5) },
    ratio: ratioOf(mineWork, bareWork),
    note: 'unlike the latency, hardly depends on what else the machine does',
  })
})
