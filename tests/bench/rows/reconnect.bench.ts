import { randomUUID } from 'node:crypto'
import { test } from 'playwright/test'
import type { Tmux } from '../../support/tmux.ts'
import { settle, waitFor } from '../echo.ts'
import { GRID, type Link, openDogwatch } from '../link.ts'
import { report, sized } from '../row.ts'
import { openScene } from '../scene.ts'
import { pooled, quantile, type Rounds, ratioOf, shuffled } from '../stats.ts'

const ROUNDS = sized(7, 3)
const TRIES = sized(6, 3)
const LAST_LINE = 'the-last-line-of-the-screen'

/** A session whose screen is full of coloured text; its last row says so. */
function newFullScreen(tmux: Tmux): Promise<string> {
  const line = String.raw`\033[3%dm%08d the quick brown fox jumps over the lazy dog and \033[1magain\033[0m over the dog, who does not mind it at all any more\n`
  const rows = `i=1; while [ $i -lt ${GRID.rows} ]; do printf '${line}' $((i % 8)) $i; i=$((i + 1)); done`
  const command = `${rows}; printf '${LAST_LINE}'; exec cat`
  return tmux.newSession({ ...GRID, command })
}

/** Milliseconds from a broken connection to the last row of the screen on a new one. */
async function reconnect(open: () => Promise<Link>): Promise<number> {
  const broken = await open()
  await settle(broken)
  await broken.cut()
  const start = performance.now()
  const link = await open()
  // The first screen may have come along with the answer that opened the terminal.
  const whole = await waitFor(link, Buffer.from(LAST_LINE), 10_000)
  const time = performance.now() - start
  await link.cut()
  return whole ? time : Number.POSITIVE_INFINITY
}

test('reconnect to a full screen', async () => {
  await using scene = await openScene()
  const session = await newFullScreen(scene.tmux)
  const floorSession = await newFullScreen(scene.floorTmux)
  const place = await scene.find(session)
  const openMine = async (viewer: string) => {
    const ticket = await scene.ticket()
    return openDogwatch({ ...place, ticket, viewer, port: scene.server.port })
  }
  const peers = {
    dogwatch: () => {
      const viewer = randomUUID()
      return reconnect(() => openMine(viewer))
    },
    bare: () => reconnect(() => scene.bare.open(floorSession)),
    'in-process': () => reconnect(() => scene.inProcess.open(floorSession)),
  }
  const names = ['dogwatch', 'bare', 'in-process'] as const
  const rounds: Record<(typeof names)[number], Rounds> = {
    dogwatch: [],
    bare: [],
    'in-process': [],
  }
  for (let round = -1; round < ROUNDS; round += 1) {
    for (const name of shuffled(names)) {
      const times: number[] = []
      for (let attempt = 0; attempt < TRIES; attempt += 1) times.push(await peers[name]())
      if (round >= 0) rounds[name].push(times)
    }
  }
  for (const floor of ['bare', 'in-process'] as const) {
    await report(test.info(), {
      id: `reconnect.p50.${floor}`,
      name: `reconnect to a full screen, p50, beside ${floor === 'bare' ? 'a bare bridge' : 'node-pty alone'}`,
      unit: 'ms',
      value: quantile(pooled(rounds.dogwatch), 0.5),
      floor: { name: floor, value: quantile(pooled(rounds[floor]), 0.5) },
      ratio: ratioOf(rounds.dogwatch, rounds[floor]),
      ...(floor === 'bare' ? { budget: { of: 'ratio', max: 1 } } : {}),
      note: 'ours includes fetching the ticket that opens the socket',
    })
  }
})
