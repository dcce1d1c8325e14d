import { createEffect, createMemo, createSignal, on, onCleanup } from 'solid-js'
import type {
  AgentView,
  SnapshotResponse,
  SnapshotView,
  TurnView,
} from '../../../server/protocol.ts'
import { agentTurns, sentenceOf } from '../../state/api.ts'
import { agentSnapshots, readSnapshot } from '../../state/memory-api.ts'
import { createPaced } from '../../state/paced.ts'

/** While the agent works, its moments are asked for at most this often (milliseconds). */
const PAUSE_MS = 2_000
/** A turn that changes nothing the feed tells of has new moments all the same (milliseconds). */
const BEAT_MS = 10_000
/** Moments kept in the page after they were shown, so that going back and forth is instant. */
const KEPT = 60
/** Snapshots of one answer of the server; a full one says that there may be more. */
const PAGE = 200
/** Pages read at most to find a moment. */
const LOOK_PAGES = 25

export interface Timeline {
  turns(): readonly TurnView[]
  /** Oldest first. */
  snapshots(): readonly SnapshotView[]
  isLoading(): boolean
  /** Why the newest question failed; what was read before stays. */
  error(): string | undefined
  hasOlder(): boolean
  loadOlder(): Promise<void>
  /** Reads back until the moment is there; false where it is not kept, too far back, or `error`. */
  find(snapshot: string): Promise<boolean>
  /** What the terminal showed then. */
  read(snapshot: string, signal: AbortSignal): Promise<SnapshotResponse>
  again(): void
}

/** What is remembered of one agent, kept up to date for the life of the Solid owner. */
export function createTimeline(agent: () => AgentView): Timeline {
  const [turns, setTurns] = createSignal<readonly TurnView[]>([])
  const [held, setHeld] = createSignal<ReadonlyMap<string, SnapshotView>>(new Map())
  const [isLoading, setLoading] = createSignal(true)
  const [error, setError] = createSignal<string>()
  const [hasOlder, setHasOlder] = createSignal(false)
  const shown = new Map<string, SnapshotResponse>()
  const life = new AbortController()
  onCleanup(() => life.abort())

  const add = (more: readonly SnapshotView[]) =>
    setHeld((before) => new Map([...before, ...more.map((one) => [one.id, one] as const)]))
  const snapshots = createMemo(() => [...held().values()].sort((a, b) => a.at - b.at))

  const ask = async (signal: AbortSignal) => {
    const isFirst = held().size === 0
    try {
      const [told, kept] = await Promise.all([
        agentTurns(agent().id, signal),
        agentSnapshots(agent().id, undefined, signal),
      ])
      if (signal.aborted) return
      setTurns(told.turns)
      if (isFirst) setHasOlder(kept.snapshots.length >= PAGE)
      add(kept.snapshots)
      setError(undefined)
    } catch (reason) {
      if (!signal.aborted) setError(sentenceOf(reason))
    }
    setLoading(false)
  }
  const askSoon = createPaced(ask, PAUSE_MS)
  createEffect(on(() => JSON.stringify(agent()), askSoon))
  createEffect(() => {
    if (agent().turn === undefined) return
    const beat = setInterval(askSoon, BEAT_MS)
    onCleanup(() => clearInterval(beat))
  })

  const loadOlder = async () => {
    const oldest = snapshots()[0]
    if (!oldest) return
    try {
      const { snapshots: more } = await agentSnapshots(agent().id, oldest.id, life.signal)
      setHasOlder(more.length >= PAGE)
      add(more)
      setError(undefined)
    } catch (reason) {
      if (!life.signal.aborted) setError(sentenceOf(reason))
    }
  }

  return {
    turns,
    snapshots,
    isLoading,
    error,
    hasOlder,
    loadOlder,
    async find(snapshot) {
      for (let page = 0; page < LOOK_PAGES && !held().has(snapshot) && hasOlder(); page += 1) {
        await loadOlder()
        if (error() !== undefined) break
      }
      return held().has(snapshot)
    },
    async read(snapshot, signal) {
      const known = shown.get(snapshot)
      if (known) return known
      const answer = await readSnapshot(agent().id, snapshot, signal)
      shown.set(snapshot, answer)
      for (const id of shown.keys()) {
        if (shown.size <= KEPT) break
        shown.delete(id)
      }
      return answer
    },
    again: askSoon,
  }
}
