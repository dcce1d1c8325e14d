import { closeSync, constants, copyFileSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { test } from 'playwright/test'
import { openFeed } from '../feed.ts'
import { report, sized } from '../row.ts'
import { newTypingSession, openScene } from '../scene.ts'
import { quantile } from '../stats.ts'

const SESSIONS = sized(60, 15)
const PANES = sized(20, 10)
const OUTPUTS = sized(120, 20)

const AGENT_PANES = sized(10, 6)
const AGENT_ROUNDS = sized(3, 1)
/** Panes that changed are looked at each second for so long; beyond it they are still. */
const STILL_MS = 8_000

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

test('an agent that begins, is killed or is replaced in a pane that was still, on the feed', async () => {
  await using scene = await openScene()
  // It prints nothing at all, where an agent draws its screen as it starts.
  const program = join(scene.tmux.dir, 'claude')
  copyFileSync('/bin/sleep', program)
  await using feed = await openFeed(scene.server.port, await scene.ticket())
  const inShell = async (command: string) => {
    const session = await scene.tmux.newSession({ command })
    return { session, pane: (await scene.find(session)).pane, agent: '' }
  }
  // The worst case: the kernel writes what is typed into a plain shell, and tells nobody.
  const places: Awaited<ReturnType<typeof inShell>>[] = []
  // Shells that people use write it themselves.
  const typed: typeof places = []
  for (let number = 0; number < AGENT_PANES; number += 1) {
    places.push(await inShell('exec sh'))
    typed.push(await inShell('exec bash --norc --noprofile'))
  }
  /** The next agent in a pane; its id names its process. */
  const comesTo = (place: (typeof places)[number]) =>
    feed.next((frame) => {
      if (frame.type !== 'agent' || frame.agent.pane !== place.pane) return false
      if (frame.agent.liveness !== 'live' || frame.agent.id === place.agent) return false
      place.agent = frame.agent.id
      return true
    })
  const goes = ({ agent }: (typeof places)[number]) =>
    feed.next(
      (frame) =>
        (frame.type === 'agent' && frame.agent.id === agent && frame.agent.liveness === 'ended') ||
        (frame.type === 'agent-gone' && frame.id === agent),
    )
  const kill = async ({ agent }: (typeof places)[number]) => {
    process.kill(Number.parseInt(agent.split('-').at(-2) ?? '', 36), 'SIGKILL')
  }
  const type = (line: string) => (place: (typeof places)[number]) =>
    scene.tmux.run('send-keys', '-t', place.session, line, 'Enter')
  const times = {
    new: [] as number[],
    silent: [] as number[],
    killed: [] as number[],
    replaced: [] as number[],
  }
  const measure = async (
    kind: keyof typeof times,
    act: (place: (typeof places)[number]) => Promise<unknown>,
    seen: typeof comesTo,
    where = places,
  ) => {
    await wait(STILL_MS)
    for (const place of where) {
      await wait(Math.random() * 1_000)
      times[kind].push((await timed(() => act(place), seen(place))).seen)
    }
  }
  for (let round = 0; round < AGENT_ROUNDS; round += 1) {
    await measure('new', type(`'${program}' 1000`), comesTo, typed)
    for (const place of typed) {
      const gone = goes(place)
      await kill(place)
      await gone
    }
    await measure('silent', type(`'${program}' 1000`), comesTo)
    await measure('killed', kill, goes)
    for (const place of places) {
      const comes = comesTo(place)
      await type(`while '${program}' 1000; [ $? -gt 128 ]; do :; done`)(place)
      await comes
    }
    await measure('replaced', kill, comesTo)
    for (const place of places) {
      const gone = goes(place)
      // Ended as its user ends it, so that the shell starts no other one.
      await scene.tmux.run('send-keys', '-t', place.session, 'C-c')
      await gone
    }
  }
  for (const [kind, name] of [
    ['new', 'agent begun in a shell'],
    ['silent', 'agent begun without a sign on the terminal'],
    ['killed', 'agent killed'],
    ['replaced', 'agent killed and begun anew'],
  ] as const) {
    const seen = times[kind]
    await report(test.info(), {
      id: `discovery.agent.${kind}.p95`,
      name: `${name} in a still pane, on the feed, p95`,
      unit: 'ms',
      value: quantile(seen, 0.95),
      ...(kind === 'silent' ? {} : { budget: { of: 'value', max: 1_000 } as const }),
      note: `p50 ${quantile(seen, 0.5).toFixed(0)} ms, longest ${quantile(seen, 1).toFixed(0)}; ${seen.length} times`,
    })
  }
})
