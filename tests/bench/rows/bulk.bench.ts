import { execFileSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'playwright/test'
import { settle, waitFor } from '../echo.ts'
import { GRID, type Link } from '../link.ts'
import { report, sized } from '../row.ts'
import { openScene, type Peer } from '../scene.ts'
import { median, ratioOf, shuffled } from '../stats.ts'

const ROUNDS = sized(3, 1)
const NUMBERS = sized(2_000_000, 400_000)
const MARK = 'all-numbers-are-out'

interface Run {
  /** Seconds until the program in the pane was done. */
  program: number
  /** Seconds until its last words were at the viewer. */
  viewer: number
  /** Megabytes for the viewer's terminal, and over the network. */
  payload: number
  wire: number
}

/** Runs `seq` in a pane, with or without a viewer. */
async function run(peer: Peer, watched: boolean, number: number): Promise<Run> {
  const fifo = join(peer.tmux.dir, `done-${peer.name}-${watched}-${number}`)
  execFileSync('mkfifo', [fifo])
  const command = `read go; seq 1 ${NUMBERS}; : > ${fifo}; printf ${MARK}; exec cat`
  const session = await peer.tmux.newSession({ ...GRID, command })
  const link: Link | undefined = watched ? await peer.open(session) : undefined
  try {
    if (link) await settle(link)
    const [payload, wire] = [link?.received ?? 0, link?.wireBytes() ?? 0]
    const seen = link && waitFor(link, Buffer.from(MARK), 120_000).then(() => performance.now())
    const done = readFile(fifo).then(() => performance.now())
    const start = performance.now()
    await peer.tmux.run('send-keys', '-t', `${session}:`, 'Enter')
    const program = (await done) - start
    return {
      program: program / 1_000,
      viewer: seen ? ((await seen) - start) / 1_000 : 0,
      payload: ((link?.received ?? 0) - payload) / 1e6,
      wire: ((link?.wireBytes() ?? 0) - wire) / 1e6,
    }
  } finally {
    await link?.cut()
    await peer.tmux.run('kill-session', '-t', session)
  }
}

test(`bulk output: seq 1 ${NUMBERS} in a viewed pane`, async () => {
  await using scene = await openScene()
  const cases = {
    nobody: () => [scene.inProcess, false] as const,
    'in-process': () => [scene.inProcess, true] as const,
    bare: () => [scene.bare, true] as const,
    dogwatch: () => [scene.dogwatch, true] as const,
    'dogwatch, not viewed': () => [scene.dogwatch, false] as const,
  }
  const names = Object.keys(cases) as (keyof typeof cases)[]
  const runs = new Map<string, Run[]>(names.map((name) => [name, []]))
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const name of shuffled(names)) {
      const [peer, watched] = cases[name]()
      runs.get(name)?.push(await run(peer, watched, round))
    }
  }
  const valuesOf = (name: keyof typeof cases, key: keyof Run) =>
    (runs.get(name) ?? []).map((one) => one[key])
  const row = (name: keyof typeof cases, key: keyof Run, floor: keyof typeof cases) => ({
    value: median(valuesOf(name, key)),
    floor: { name: floor, value: median(valuesOf(floor, key)) },
    ratio: ratioOf(
      valuesOf(name, key).map((value) => [value]),
      valuesOf(floor, key).map((value) => [value]),
    ),
  })
  const info = test.info()
  await report(info, {
    id: 'bulk.program.nobody',
    name: 'bulk output: the program, viewed through us',
    unit: 's',
    ...row('dogwatch', 'program', 'nobody'),
    note: `through a bare bridge ${median(valuesOf('bare', 'program')).toFixed(2)} s`,
  })
  await report(info, {
    id: 'bulk.program.unviewed',
    name: 'bulk output: the program, we run but nobody views it',
    unit: 's',
    ...row('dogwatch, not viewed', 'program', 'nobody'),
  })
  await report(info, {
    id: 'bulk.viewer',
    name: 'bulk output: its last words at the viewer',
    unit: 's',
    ...row('dogwatch', 'viewer', 'bare'),
    note: `node-pty alone ${median(valuesOf('in-process', 'viewer')).toFixed(2)} s`,
  })
  await report(info, {
    id: 'bulk.bytes',
    name: "bulk output: bytes for the viewer's terminal",
    unit: 'MB',
    ...row('dogwatch', 'payload', 'bare'),
    note: `${median(valuesOf('dogwatch', 'wire')).toFixed(2)} MB over the network`,
  })
})
