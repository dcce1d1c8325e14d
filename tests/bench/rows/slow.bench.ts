import { randomUUID } from 'node:crypto'
import { test } from 'playwright/test'
import { measureEcho, settle } from '../echo.ts'
import { type Link, openBare, openDogwatch } from '../link.ts'
import { report, sized } from '../row.ts'
import { newTypingSession, openScene, type Peer } from '../scene.ts'
import { startSlowLink, TRAIN } from '../slow-link.ts'
import { quantile } from '../stats.ts'
import { figure } from '../table.ts'

const KEYS = sized(20, 6)
const DEADLINE_MS = 12_000

/**
 * Two floods: `yes` compresses to almost nothing, so compression alone keeps it below the line's
 * rate; random characters do not, and only a limit on what is under way helps. The panes stand side
 * by side: tmux cannot scroll half of a line's width, so it sends several times the bytes.
 */
const FLOODS = [
  { id: 'yes', name: 'yes', command: 'exec yes', budgetMs: TRAIN.roundTripMs + 100 },
  { id: 'random', name: 'random text', command: 'exec base64 -w 0 /dev/urandom' },
]

async function typeBesideFlood(peer: Peer, command: string, open: (id: string) => Promise<Link>) {
  const session = await newTypingSession(peer.tmux)
  const link = await open(session)
  try {
    await settle(link, 2 * TRAIN.roundTripMs)
    await peer.tmux.run('split-window', '-d', '-h', '-t', `${session}:`, command)
    return await measureEcho(link, {
      keys: KEYS,
      // The flood needs a while to fill whatever it can fill on the way.
      pauseMs: (key) => (key === 0 ? 5_000 : 50 + Math.random() * 100),
      deadlineMs: DEADLINE_MS,
      patience: 2,
    })
  } finally {
    await peer.tmux.run('kill-session', '-t', session)
    await link.cut()
  }
}

for (const flood of FLOODS) {
  test(`key echo on a slow link while ${flood.name} floods the window`, async () => {
    await using scene = await openScene()
    await using link = await startSlowLink(scene.server.port)
    await using bareLink = await startSlowLink(scene.bareProcess.port)
    const mine = await typeBesideFlood(scene.dogwatch, flood.command, async (session) => {
      const place = await scene.find(session)
      const ticket = await scene.ticket()
      return openDogwatch({ ...place, ticket, viewer: randomUUID(), port: link.port })
    })
    const bare = await typeBesideFlood(scene.bare, flood.command, (session) =>
      openBare(bareLink.port, session),
    )
    await report(test.info(), {
      id: `slow.${flood.id}.p50`,
      name: `key echo on a slow link, ${flood.name} floods, p50`,
      unit: 'ms',
      value: quantile(mine, 0.5),
      floor: { name: 'round trip', value: TRAIN.roundTripMs },
      ...(flood.budgetMs === undefined ? {} : { budget: { of: 'value', max: flood.budgetMs } }),
      note:
        `${mine.filter(Number.isFinite).length} of ${KEYS} keys came back, at most after ` +
        `${quantile(mine, 1).toFixed(0)} ms; through a bare bridge ` +
        `${bare.filter(Number.isFinite).length} within ${DEADLINE_MS / 1000} s, p50 ${figure(quantile(bare, 0.5))} ms`,
    })
  })
}
