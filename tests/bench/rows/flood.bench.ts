import { setTimeout as wait } from 'node:timers/promises'
import { test } from 'playwright/test'
import { measureEcho, settle } from '../echo.ts'
import { report, sized } from '../row.ts'
import { newTypingSession, openScene, type Peer } from '../scene.ts'
import { pooled, quantile, type Rounds, ratioOf, shuffled } from '../stats.ts'

const ROUNDS = sized(4, 2)
/** The first second of a flood is not like the others. */
const FLOOD_BEGINS_MS = 1_000
const KEYS = sized(100, 30)

/**
 * tmux redraws a client that cannot keep up every 100 ms (TTY_BLOCK_INTERVAL in its tty.c), so an
 * echo tells when that timer runs and a key's latency is decided by its place between two. The keys
 * are spread evenly over it, in random order: otherwise the row would measure the pauses.
 */
const TIMER_MS = 100

/**
 * Short lines keep tmux just in time, so every chunk of the flood reaches the viewer; with long ones
 * it falls behind, drops and redraws by its timer. Both happen to people.
 */
const FLOODS = [
  { id: 'short', name: 'flood of short lines', command: 'exec yes' },
  { id: 'long', name: 'flood of long lines', command: `exec yes ${'flood '.repeat(18)}` },
]

async function typeBesideFlood(peer: Peer, command: string): Promise<number[]> {
  const session = await newTypingSession(peer.tmux)
  const link = await peer.open(session)
  try {
    await settle(link)
    await peer.tmux.run('split-window', '-d', '-t', `${session}:`, command)
    await wait(FLOOD_BEGINS_MS)
    const pauses = shuffled(Array.from({ length: KEYS }, (_, key) => (key * TIMER_MS) / KEYS))
    return await measureEcho(link, {
      keys: KEYS,
      pauseMs: (key) => pauses[key] ?? 0,
      deadlineMs: 5_000,
    })
  } finally {
    await peer.tmux.run('kill-session', '-t', session)
    await link.cut()
  }
}

for (const { id, name, command } of FLOODS) {
  test(`key echo in a ${name} in the viewed window`, async () => {
    await using scene = await openScene()
    const peers = [scene.dogwatch, scene.bare, scene.inProcess]
    const rounds = new Map<Peer['name'], Rounds>(peers.map((peer) => [peer.name, []]))
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const peer of shuffled(peers)) {
        rounds.get(peer.name)?.push(await typeBesideFlood(peer, command))
      }
    }
    const mine = rounds.get('dogwatch') ?? []
    for (const floor of ['in-process', 'bare'] as const) {
      const below = rounds.get(floor) ?? []
      await report(test.info(), {
        id: `flood.${id}.p50.${floor}`,
        name: `key echo, ${name}, p50, beside ${floor === 'bare' ? 'a bare bridge' : 'node-pty alone'}`,
        unit: 'ms',
        value: quantile(pooled(mine), 0.5),
        floor: { name: floor, value: quantile(pooled(below), 0.5) },
        ratio: ratioOf(mine, below),
        ...(floor === 'in-process' ? { budget: { of: 'ratio', max: 1.15 } } : {}),
        note: `p95 ${quantile(pooled(mine), 0.95).toFixed(0)} ms against ${quantile(pooled(below), 0.95).toFixed(0)}`,
      })
    }
  })
}
