import { expect, test } from 'playwright/test'
import { closeDatabase, type Database, openDatabase } from '../../../db/open.ts'
import { searchStored } from '../../../db/search-read.ts'
import { snapshotSizes, turnSnapshots } from '../../../db/snapshots.ts'
import { Writer } from '../../../db/writer.ts'
import { DEFAULT_SETTINGS } from '../../../server/core/settings.ts'
import { unpack } from '../../../server/core/snapshot-content.ts'
import { SnapshotKeeper } from '../../../server/core/snapshot-keeper.ts'
import { SnapshotTexts } from '../../../server/core/snapshot-texts.ts'
import { Snapshots, type Subject } from '../../../server/core/snapshots.ts'
import { Emitter } from '../../../server/lib/emitter.ts'
import { Latch } from '../../../server/lib/latch.ts'
import type { AgentView, FeedFrame, Settings } from '../../../server/protocol.ts'
import type { Capture } from '../../../server/tmux/capture.ts'
import { agent as agentView } from '../../support/agent-view.ts'
import { listeningLog, scratchFolder } from '../../support/scratch.ts'

const HOUR = 3_600_000

/** Snapshots on a real database, with a clock and panes of the test's own. */
class Bench {
  readonly frames = new Emitter<FeedFrame>()
  readonly agents = new Map<string, AgentView>()
  readonly shown = new Map<string, Partial<Capture>>()
  readonly held = new Map<string, Promise<unknown>>()
  settings: Settings = DEFAULT_SETTINGS
  now = 1_700_000_000_000
  looks = 0
  readonly log = listeningLog()
  readonly writer: Writer
  snapshots: Snapshots
  readonly clock = { now: () => this.now, steady: () => this.now }
  #stop = new AbortController()

  constructor(readonly db: Database) {
    this.writer = new Writer({ db, log: this.log.log, reserveBytes: 0, probeMs: 20 })
    this.snapshots = this.again()
  }

  /** Another life of the program, on the same database. */
  again(): Snapshots {
    this.#stop.abort()
    this.#stop = new AbortController()
    const { frames, agents, db, writer, clock } = this
    const snapshots = new Snapshots({
      registry: { frames, agents: () => [...agents.values()] },
      subject: (id) => this.#subject(id),
      settings: () => this.settings,
      texts: new SnapshotTexts({ session: () => undefined }),
      ...{ db, writer, clock, log: this.log.log, signal: this.#stop.signal },
    })
    snapshots.start()
    return snapshots
  }

  turn(id: string, generation: number | undefined): void {
    const turn = generation === undefined ? {} : { turn: { generation, startedAt: this.now } }
    const agent = agentView({ id, ...turn })
    this.agents.set(id, agent)
    this.frames.emit({ type: 'agent', epoch: 1, agent })
  }

  rows() {
    return snapshotSizes(this.db)
  }

  /** What holds them within bounds; it looks when it is told to. */
  keeper(): SnapshotKeeper {
    const { writer, clock, log } = this
    return new SnapshotKeeper({
      ...{ writer, clock, log: log.log, signal: AbortSignal.abort() },
      settings: () => this.settings,
      reader: { call: async () => this.rows() as never },
    })
  }

  /** From now on, or no longer, SQLite refuses each write. */
  refuse(isRefusing: boolean): void {
    this.db.$client.pragma(`query_only = ${isRefusing ? 'ON' : 'OFF'}`)
  }

  end(): void {
    this.#stop.abort()
    this.writer.close()
    closeDatabase(this.db)
  }

  #subject(id: string): Subject | undefined {
    const view = this.agents.get(id)
    if (!view) return undefined
    return {
      ...{ view, cwd: view.cwd, title: 'title', server: this.frames, transcriptAt: 5 },
      capture: async () => {
        this.looks += 1
        await this.held.get(id)
        return {
          ...{ cols: 80, rows: 24, cursor: { x: 0, y: 0, visible: true }, alternate: false },
          ...{ screen: ['nothing new'], scrollback: [], context: [], cut: 0, joins: true },
          place: { size: 0, anchor: '' },
          ...this.shown.get(id),
        }
      },
    }
  }
}

async function withBench(work: (bench: Bench) => Promise<void>): Promise<void> {
  await using folder = await scratchFolder()
  const bench = new Bench(openDatabase(folder.path).db)
  try {
    await work(bench)
  } finally {
    bench.end()
  }
}

test('eight hours of a turn without a word are one snapshot, which says until when it held', () =>
  withBench(async (bench) => {
    const began = bench.now
    bench.turn('a', 1)
    await bench.snapshots.settled()
    for (let passed = 0; passed < 8 * HOUR; passed += 30_000) {
      bench.now += 30_000
      bench.snapshots.tick()
      await bench.snapshots.settled()
    }
    bench.turn('a', undefined)
    await bench.snapshots.settled()
    expect(bench.looks).toBeGreaterThan(950)
    expect(bench.rows()).toHaveLength(1)
    expect(bench.rows()[0]).toMatchObject({ at: began, seenAt: bench.now, number: 1 })
  }))

test('a hundred starts in a turn without news add no row', () =>
  withBench(async (bench) => {
    bench.turn('a', 1)
    await bench.snapshots.settled()
    for (let starts = 0; starts < 100; starts += 1) {
      bench.snapshots = bench.again()
      await bench.snapshots.settled()
      await bench.snapshots.finish(5_000)
    }
    expect(bench.rows()).toHaveLength(1)
  }))

test('before and after a turn nothing is looked at', () =>
  withBench(async (bench) => {
    bench.turn('a', undefined)
    bench.now += 8 * HOUR
    bench.snapshots.tick()
    await bench.snapshots.settled()
    expect(bench.looks).toBe(0)
    bench.turn('a', 1)
    bench.turn('a', undefined)
    await bench.snapshots.settled()
    const { looks } = bench
    bench.now += 8 * HOUR
    bench.snapshots.tick()
    await bench.snapshots.settled()
    expect(bench.looks).toBe(looks)
  }))

test('one that hangs delays no other, and is not asked again before it answered', () =>
  withBench(async (bench) => {
    const latch = new Latch()
    const never = new AbortController()
    bench.held.set('slow', latch.wait(60_000, never.signal))
    bench.turn('slow', 1)
    bench.turn('quick', 1)
    await expect.poll(() => bench.rows().map(({ agent }) => agent)).toEqual(['quick'])
    for (let looks = 0; looks < 5; looks += 1) {
      bench.now += 30_000
      bench.snapshots.tick()
    }
    latch.wake()
    await bench.snapshots.settled()
    // One look of the slow one, the others of the quick one.
    expect(bench.rows().map(({ agent }) => agent)).toEqual(['quick', 'slow'])
    expect(bench.looks).toBeLessThan(8)
  }))

test('the last look is bounded, and nothing is looked at after it', () =>
  withBench(async (bench) => {
    const latch = new Latch()
    bench.turn('hung', 1)
    bench.turn('well', 1)
    await bench.snapshots.settled()
    bench.held.set('hung', latch.wait(60_000, new AbortController().signal))
    bench.shown.set('well', { screen: ['my last words'] })
    await bench.snapshots.finish(2_000)
    expect(bench.log.messages).toContain('the last screens were not all kept')
    expect(bench.rows().filter(({ agent }) => agent === 'well')).toHaveLength(2)
    const { looks } = bench
    bench.turn('well', 2)
    bench.snapshots.tick()
    expect(bench.looks).toBe(looks)
    latch.wake()
    await bench.snapshots.settled()
  }))

test('lines that left the screen are kept although the screen looks the same', () =>
  withBench(async (bench) => {
    bench.turn('a', 1)
    await bench.snapshots.settled()
    bench.shown.set('a', { scrollback: ['one', 'two'], cut: 3 })
    bench.turn('a', undefined)
    await bench.snapshots.settled()
    const [, last] = turnSnapshots(bench.db, 'a', 1, { after: 0, limit: 9 })
    expect(last).toMatchObject({ lines: 2, cut: 3, total: 5, reason: 'end' })
    expect(last && (await unpack(last.content)).scrollback).toEqual(['one', 'two'])
  }))

test('what could not be written the first time is found by search when it is', () =>
  withBench(async (bench) => {
    bench.turn('a', 1)
    await bench.snapshots.settled()
    const tick = async () => {
      bench.now += 30_000
      bench.snapshots.tick()
      await bench.snapshots.settled()
    }
    bench.shown.set('a', { scrollback: ['a line of the past'], screen: ['a line of now'] })
    bench.refuse(true)
    await tick()
    expect(bench.writer.health.state).toBe('not-saving')
    bench.refuse(false)
    await expect.poll(() => bench.writer.health.state).toBe('saving')
    await tick()
    expect(bench.rows()).toHaveLength(2)
    const found = (term: string) =>
      searchStored(bench.db, { terms: [term], kinds: ['snapshot'], limit: 9 }).hits
    expect(found('line of').map(({ ref, text }) => `${ref} ${text}`)).toEqual([
      '2 a line of the past',
      '2 a line of now',
    ])
  }))

test('the end of a turn that could not be written is kept when it can', () =>
  withBench(async (bench) => {
    bench.turn('a', 1)
    await bench.snapshots.settled()
    bench.shown.set('a', { screen: ['my last words'] })
    bench.refuse(true)
    bench.turn('a', undefined)
    await bench.snapshots.settled()
    expect(bench.rows()).toHaveLength(1)
    bench.refuse(false)
    await expect.poll(() => bench.writer.health.state).toBe('saving')
    await bench.snapshots.settled()
    const rows = turnSnapshots(bench.db, 'a', 1, { after: 1, limit: 9 })
    expect(rows).toMatchObject([{ number: 2, reason: 'end' }])
  }))

test('a screen that was forgotten for a full disk is kept anew while it is shown', () =>
  withBench(async (bench) => {
    bench.turn('a', 1)
    await bench.snapshots.settled()
    await bench.writer.write((tx) => bench.keeper().makeRoom(tx))
    expect(bench.rows()).toEqual([])
    bench.now += 30_000
    bench.snapshots.tick()
    await bench.snapshots.settled()
    expect(bench.rows()).toMatchObject([{ generation: 1, number: 2, at: bench.now }])
    const { hits } = searchStored(bench.db, {
      ...{ terms: ['nothing new'], kinds: ['snapshot'], limit: 9 },
    })
    expect(hits).toMatchObject([{ ref: '2' }])
  }))

test('what a secret is, is seen with the lines before it', () =>
  withBench(async (bench) => {
    const key = Array.from({ length: 8 }, (_, at) => `${'MIIEpAIBAAKCAQEA7'.repeat(3)}${at}`)
    bench.shown.set('a', {
      context: ['-----BEGIN RSA PRIVATE KEY-----', ...key.slice(0, 3)],
      scrollback: key.slice(3, 6),
      screen: [...key.slice(6), '-----END RSA PRIVATE KEY-----', '$ ls'],
    })
    bench.turn('a', 1)
    await bench.snapshots.settled()
    const [row] = turnSnapshots(bench.db, 'a', 1, { after: 0, limit: 9 })
    const kept = row && JSON.stringify(await unpack(row.content))
    expect(kept).not.toContain('MIIEpAIBAAKCAQEA7')
    expect(kept).toContain('$ ls')
  }))

test('a full disk gets room, and half of a small memory stays', () =>
  withBench(async (bench) => {
    for (let turn = 1; turn <= 10; turn += 1) {
      for (const text of ['first', 'middle', 'last']) {
        bench.shown.set('a', { screen: [`${text} of ${turn}`] })
        if (text === 'first') bench.turn('a', turn)
        else await bench.snapshots.keep(['a'], 5_000)
        await bench.snapshots.settled()
      }
      bench.turn('a', undefined)
      await bench.snapshots.settled()
    }
    expect(bench.rows()).toHaveLength(30)
    bench.settings = { ...DEFAULT_SETTINGS, snapshotsPerAgent: 10 }
    const keeper = bench.keeper()
    const gone = await bench.writer.write((tx) => keeper.makeRoom(tx))
    const left = bench.rows()
    expect(gone).toBe(30 - left.length)
    expect(left.length).toBeLessThan(20)
    expect(left.length).toBeGreaterThan(12)
    expect(left.at(-1)).toMatchObject({ generation: 10, number: 30 })
    await keeper.tidy()
    expect(bench.rows().length).toBeLessThanOrEqual(10)
    expect(await keeper.tidy()).toBe(0)
  }))
