import { createEffect, createMemo, createSignal, on, onCleanup } from 'solid-js'
import { createStore, reconcile } from 'solid-js/store'
import type { AgentView, TranscriptEntry, TurnView } from '../../../server/protocol.ts'
import { ApiError, agentTurns } from '../../state/api.ts'
import { agentTranscript } from '../../state/memory-api.ts'
import { mergeEntries, type Part, partsOf } from './parts.ts'

/** While the agent works its words are asked for at most this often (milliseconds). */
const PAUSE_MS = 1_000

export interface Conversation {
  parts(): readonly Part[]
  /** No answer yet. */
  isLoading(): boolean
  /** There is no transcript that could be read. */
  isAbsent(): boolean
  error(): string | undefined
  /** There is more before the first entry. */
  hasOlder(): boolean
  loadOlder(): Promise<void>
  again(): void
}

/** An agent's conversation, kept up to date for the life of the Solid owner. */
export function createConversation(agent: () => AgentView): Conversation {
  const [entries, setEntries] = createStore<TranscriptEntry[]>([])
  const [turns, setTurns] = createSignal<readonly TurnView[]>([])
  const [older, setOlder] = createSignal<string>()
  const [source, setSource] = createSignal<'transcript' | 'none'>()
  const [error, setError] = createSignal<string>()
  let life = new AbortController()
  let timer: number | undefined
  let askedAt = 0
  let isAsking = false
  let isDue = false

  const put = (next: readonly TranscriptEntry[]) =>
    setEntries(reconcile([...next], { key: 'id', merge: true }))

  const ask = async () => {
    timer = undefined
    if (isAsking) {
      isDue = true
      return
    }
    const { signal } = life
    isAsking = true
    isDue = false
    askedAt = performance.now()
    try {
      const id = agent().id
      const [answer, told] = await Promise.all([
        agentTranscript(id, undefined, signal),
        agentTurns(id, signal),
      ])
      if (signal.aborted) return
      const joins = entries.some((held) => answer.entries.some((entry) => entry.id === held.id))
      put(mergeEntries(entries, answer.entries, 'newest'))
      if (!joins) setOlder(answer.before)
      setTurns(told.turns)
      setSource(answer.source)
      setError(undefined)
    } catch (reason) {
      if (!signal.aborted) setError(sentence(reason))
    } finally {
      isAsking = false
      if (isDue && !signal.aborted) askSoon()
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
        isAsking = false
        put([])
        setOlder(undefined)
        setSource(undefined)
        askedAt = 0
        askSoon()
      },
    ),
  )
  // Whatever the feed tells of the agent may be a new word of it.
  createEffect(on(() => JSON.stringify(agent()), askSoon, { defer: true }))
  onCleanup(() => {
    life.abort()
    clearTimeout(timer)
  })

  return {
    parts: createMemo(() => partsOf([...entries], turns())),
    isLoading: () => source() === undefined && error() === undefined,
    isAbsent: () => source() === 'none',
    error,
    hasOlder: () => older() !== undefined,
    async loadOlder() {
      const before = older()
      const { signal } = life
      if (before === undefined) return
      try {
        const answer = await agentTranscript(agent().id, before, signal)
        if (signal.aborted) return
        put(mergeEntries(entries, answer.entries, 'older'))
        setOlder(answer.before)
      } catch (reason) {
        if (!signal.aborted) setError(sentence(reason))
      }
    },
    again: askSoon,
  }
}

function sentence(reason: unknown): string {
  return reason instanceof ApiError ? reason.message : String(reason)
}
