import { setTimeout as wait } from 'node:timers/promises'
import { test } from 'playwright/test'
import { measureEcho, settle } from '../echo.ts'
import type { Link } from '../link.ts'
import { privateMb, procMissing } from '../proc.ts'
import { report, sized } from '../row.ts'
import { newTypingSession, openScene, type Peer } from '../scene.ts'
import { quantile } from '../stats.ts'

const WARM_MS = sized(10_000, 5_000)
const STALL_MS = sized(30_000, 8_000)
const SAMPLE_MS = 250

interface Period {
  /** Highest memory in megabytes. */
  bridge: number
  tmux: number
  /** Latencies of the viewer that goes on, in milliseconds. */
  echo: number[]
}

/** Types on `link` for `durationMs` and looks at the memory of both processes all the while. */
async function watch(link: Link, durationMs: number, bridge: number, tmux: number) {
  const period: Period = { bridge: 0, tmux: 0, echo: [] }
  const sampler = setInterval(() => {
    period.bridge = Math.max(period.bridge, privateMb(bridge))
    period.tmux = Math.max(period.tmux, privateMb(tmux))
  }, SAMPLE_MS)
  const until = performance.now() + durationMs
  try {
    while (performance.now() < until) {
      const pauseMs = () => Math.random() * 100
      period.echo.push(...(await measureEcho(link, { keys: 25, pauseMs, deadlineMs: 5_000 })))
    }
  } finally {
    clearInterval(sampler)
  }
  return period
}

/** A flood with two viewers; for the second period one of them stops reading. */
async function stall(peer: Peer, bridgePid: number): Promise<{ before: Period; during: Period }> {
  const session = await newTypingSession(peer.tmux)
  const tmuxPid = (await peer.tmux.serverPid()) ?? 0
  const slow = await peer.open(session)
  const other = await peer.open(session)
  try {
    await settle(other)
    // Side by side: tmux cannot scroll half of the width, and sends several times the bytes.
    await peer.tmux.run('split-window', '-d', '-h', '-t', `${session}:`, 'exec yes')
    await wait(WARM_MS)
    const before = await watch(other, STALL_MS, bridgePid, tmuxPid)
    slow.stall(true)
    const during = await watch(other, STALL_MS, bridgePid, tmuxPid)
    return { before, during }
  } finally {
    await peer.tmux.run('kill-session', '-t', session)
    await slow.cut()
    await other.cut()
  }
}

test('a viewer that stops reading for 30 s in a flood', async () => {
  const missing = procMissing()
  if (missing) throw new Error(missing)
  await using scene = await openScene()
  const mine = await stall(scene.dogwatch, scene.server.pid)
  const bare = await stall(scene.bare, scene.bareProcess.pid)
  const seconds = STALL_MS / 1_000
  const note = `highest in ${seconds} s less the highest in the ${seconds} s before`
  await report(test.info(), {
    id: 'stall.memory',
    name: 'stalled viewer in a flood: growth of our memory',
    unit: 'MB',
    value: mine.during.bridge - mine.before.bridge,
    floor: { name: 'bare', value: bare.during.bridge - bare.before.bridge },
    budget: { of: 'value', max: 2 },
    note: `${note}; before ${mine.before.bridge.toFixed(1)} MB`,
  })
  await report(test.info(), {
    id: 'stall.tmux',
    name: 'stalled viewer in a flood: growth of tmux',
    unit: 'MB',
    value: mine.during.tmux - mine.before.tmux,
    floor: { name: 'bare', value: bare.during.tmux - bare.before.tmux },
    budget: { of: 'value', max: 2 },
    note: `${note}; before ${mine.before.tmux.toFixed(1)} MB`,
  })
  await report(test.info(), {
    id: 'stall.other',
    name: "stalled viewer in a flood: the other viewer's key echo, p50",
    unit: 'ms',
    value: quantile(mine.during.echo, 0.5),
    floor: { name: 'before', value: quantile(mine.before.echo, 0.5) },
    budget: { of: 'ratio', max: 1.3 },
    note: `p95 ${quantile(mine.during.echo, 0.95).toFixed(0)} ms, before ${quantile(mine.before.echo, 0.95).toFixed(0)}`,
  })
})
