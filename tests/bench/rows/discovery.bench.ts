import { closeSync, constants, openSync, writeSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { test } from 'playwright/test'
import { openFeed } from '../feed.ts'
import { report, sized } from '../row.ts'
import { newTypingSession, openScene } from '../scene.ts'
import { quantile } from '../stats.ts'

const SESSIONS = sized(60, 15)
const PANES = sized(20, 10)
const OUTPUTS = sized(120, 20)

/** Milliseconds from a moment to another, and to the end of the command that caused it. */
interface Sample {
  seen: number
  command: number
}

async function timed(act: () => Promise<unknown>, seen: Promise<number>): Promise<Sample> {
  const start = performance.now()
  const done = act().then(() => performance.now())
  return { seen: (await seen) - start, command: (await done) - start }
}

test('a session that begins or ends, on the feed', async () => {
  await using scene = await openScene()
  await using feed = await openFeed(scene.server.port, await scene.ticket())
  const begun: Sample[] = []
  const ended: Sample[] = []
  for (let number = 0; number < SESSIONS; number += 1) {
    const name = `found-${number}`
    let id = ''
    const appeared = feed.next((frame) => {
      if (frame.type !== 'session' || frame.session.name !== name) return false
      id = frame.session.id
      return true
    })
    let session = ''
    const begin = async () => {
      session = await newTypingSession(scene.tmux, name)
    }
    begun.push(await timed(begin, appeared))
    // Not in step with anything of ours that runs at intervals.
    await wait(200 + Math.random() * 300)
    const vanished = feed.next((frame) => frame.type === 'session-gone' && frame.id === id)
    ended.push(await timed(() => scene.tmux.run('kill-session', '-t', session), vanished))
    await wait(200 + Math.random() * 300)
  }
  for (const { id, name, samples } of [
    { id: 'new', name: 'new session', samples: begun },
    { id: 'ended', name: 'ended session', samples: ended },
  ]) {
    const seen = samples.map((sample) => sample.seen)
    const command = samples.map((sample) => sample.command)
    await report(test.info(), {
      id: `discovery.${id}.p95`,
      name: `${name} on the feed, p95`,
      unit: 'ms',
      value: quantile(seen, 0.95),
      floor: { name: 'the tmux command', value: quantile(command, 0.95) },
      budget: { of: 'value', max: 150 },
      note: `p50 ${quantile(seen, 0.5).toFixed(1)} ms from before the command is started (it alone takes ${quantile(command, 0.5).toFixed(1)})`,
    })
  }
})

test('output of an unwatched pane, on the feed', async () => {
  await using scene = await openScene()
  const panes: { id: string; file: number; printedAt: number }[] = []
  try {
    for (let number = 0; number < PANES; number += 1) {
      const session = await newTypingSession(scene.tmux)
      const terminal = await scene.tmux.run('display-message', '-p', '-t', session, '#{pane_tty}')
      const { pane } = await scene.find(session)
      const file = openSync(terminal, constants.O_WRONLY | constants.O_NOCTTY)
      panes.push({ id: pane, file, printedAt: 0 })
    }
    await using feed = await openFeed(scene.server.port, await scene.ticket())
    // A new pane counts as printing; wait until that is told.
    await wait(2_000)
    const times: number[] = []
    const waiting: Promise<void>[] = []
    for (let number = 0; number < OUTPUTS; number += 1) {
      // Each pane again after 1.2 s at the earliest, since the feed tells of a pane once a second.
      await wait(60 + Math.random() * 80)
      const pane = panes[number % panes.length]
      if (!pane) throw new Error('invariant: no pane')
      await wait(Math.max(0, pane.printedAt + 1_200 - performance.now()))
      const seen = feed.next((frame) => frame.type === 'output' && pane.id in frame.at)
      const start = performance.now()
      pane.printedAt = start
      writeSync(pane.file, `line ${number}\r\n`)
      waiting.push(seen.then((at) => void times.push(at - start)))
    }
    await Promise.all(waiting)
    await report(test.info(), {
      id: 'discovery.output.p95',
      name: 'output of an unwatched pane on the feed, p95',
      unit: 'ms',
      value: quantile(times, 0.95),
      budget: { of: 'value', max: 300 },
      note: `p50 ${quantile(times, 0.5).toFixed(1)} ms, longest ${quantile(times, 1).toFixed(1)}; ${PANES} panes print in turn`,
    })
  } finally {
    for (const { file } of panes) closeSync(file)
  }
})
