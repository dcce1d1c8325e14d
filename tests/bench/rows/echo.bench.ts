import { test } from 'playwright/test'
import { measureEcho, settle, typing } from '../echo.ts'
import { report, sized } from '../row.ts'
import { newTypingSession, openScene, type Peer } from '../scene.ts'
import { pooled, quantile, type Rounds, ratioOf, shuffled } from '../stats.ts'

const ROUNDS = sized(7, 3)
const KEYS = sized(150, 40)

/** One round of one peer: a session of its own, a terminal on it, keys at a typist's pace. */
async function typeInto(peer: Peer): Promise<number[]> {
  const session = await newTypingSession(peer.tmux)
  const link = await peer.open(session)
  try {
    await settle(link)
    return await measureEcho(link, { keys: KEYS, pauseMs: typing, deadlineMs: 5_000 })
  } finally {
    await link.cut()
    await peer.tmux.run('kill-session', '-t', session)
  }
}

test('key echo on an idle machine', async () => {
  await using scene = await openScene()
  const peers = [scene.dogwatch, scene.bare, scene.inProcess]
  const rounds = new Map<Peer['name'], Rounds>(peers.map((peer) => [peer.name, []]))
  // The first round warms up compilers and caches and does not count.
  for (let round = -1; round < ROUNDS; round += 1) {
    for (const peer of shuffled(peers)) {
      const times = await typeInto(peer)
      if (round >= 0) rounds.get(peer.name)?.push(times)
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
})
