import { createEffect, createMemo, createSignal, on, onCleanup } from 'solid-js'
import type {
  AgentView,
  SnapshotResponse,
  SnapshotView,
  TurnView,
} from '../../../server/protocol.ts'
import { ApiError, agentTurns } from '../../state/api.ts'
import { agentSnapshots, readSnapshot } from '../../state/memory-api.ts'

/** While the agent works, its moments are asked for at most this often (milliseconds). */
const PAUSE_MS = 2_000
/** Moments kept in the page after they were shown, so that going back and forth is instant. */
const KEPT = 60

export interface Timeline {
  turns(): readonly TurnView[]
  /** Oldest first. */
  snapshots(): readonly SnapshotView[]
  isLoading(): boolean
  error(): string | undefined
  hasOlder(): boolean
  loadOlder(): Promise<void>
  /** What the terminal showed then. */
  read(snapshot: string): Promise<SnapshotResponse>
  again(): void
}

/** What is remembered of an agent, kept up to date for the life of the Solid owner. */
export function createTimeline(agent: () => AgentView): Timeline {
  const [turns, setTurns] = createSignal<readonly TurnView[]>([])
  const [held, setHeld] = createSignal<ReadonlyMap<string, SnapshotView>>(new Map())
  const [isLoading, setLoading] = createSignal(true)
  const [error, setError] = createSignal<string>()
  const [hasOlder, setHasOlder] = createSignal(false)
  const shown = new Map<string, SnapshotResponse>()
  let life = new AbortController()
  let timer: number | undefined
  let askedAt = 0

  const add = (more: readonly SnapshotView[]) =>
    setHeld((before) => new Map([...before, ...more.map((one) => [one.id, one] as const)]))
  const snapshots = createMemo(() => [...held().values()].sort((a, b) => a.at - b.at))

  const ask = async () => {
    timer = undefined
    askedAt = performance.now()
    const { signal } = life
    const isFirst = held().size === 0
    try {
      const [told, kept] = await Promise.all([
        agentTurns(agent().id, signal),
        agentSnapshots(agent().id, undefined, signal),
      ])
      if (signal.aborted) return
      setTurns(told.turns)
      add(kept.snapshots)
      if (isFirst) setHasOlder(kept.snapshots.length >= PAGE)
      setError(undefined)
      setLoading(false)
    } catch (reason) {
      if (signal.aborted) return
      setError(reason instanceof ApiError ? reason.message : String(reason))
      setLoading(false)
    }
  }
  const askSoon = () => {
    timer ??= window.setTimeout(ask, Math.max(0, askedAt + PAUSE_MS - performance.now()))
  }
  createEffect(
    on(
      () => agent().id,
      () => {
        life.abort()
        life = new AbortController()
        shown.clear()
        setHeld(new Map())
        setTurns([])
        setLoading(true)
        askedAt = 0
        askSoon()
      },
    ),
  )
  createEffect(on(() => JSON.stringify(agent()), askSoon, { defer: true }))
  onCleanup(() => {
    life.abort()
    clearTimeout(timer)
  })

  return {
    turns,
    snapshots,
    isLoading,
    error,
    hasOlder,
    async loadOlder() {
      const oldest = snapshots()[0]
      const { signal } = life
      if (!oldest) return
      try {
        const { snapshots: more } = await agentSnapshots(agent().id, oldest.id, signal)
        if (signal.aborted) return
        add(more)
        setHasOlder(more.length >= PAGE)
      } catch (reason) {
        if (!signal.aborted) setError(reason instanceof ApiError ? reason.message : String(reason))
      }
    },
    async read(snapshot) {
      const known = shown.get(snapshot)
      if (known) return known
      const answer = await readSnapshot(agent().id, snapshot, life.signal)
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

/** Snapshots of one answer of the server; a full one says that there may be more. */
const PAGE = 200
