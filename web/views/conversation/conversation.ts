import { createEffect, createSignal, on, onCleanup } from 'solid-js'
import { createStore, reconcile } from 'solid-js/store'
import type { AgentView, TranscriptEntry, TurnView } from '../../../server/protocol.ts'
import { agentTurns, sentenceOf } from '../../state/api.ts'
import { agentTranscript } from '../../state/memory-api.ts'
import { createPaced } from '../../state/paced.ts'
import { mergeEntries, type Part, partsOf } from './parts.ts'

/** While the agent works its words are asked for at most this often (milliseconds). */
const PAUSE_MS = 1_000
/** What it writes without a change of its state is asked for so often while it works (milliseconds). */
const BEAT_MS = 5_000
/** Entries of one page, where an entry far back is looked for: the most that the server gives. */
const LOOK_ENTRIES = 200
/** Pages read at most to find an entry. */
const LOOK_PAGES = 25

export interface Conversation {
  parts: readonly Part[]
  /** No answer yet. */
  isLoading(): boolean
  /** There is no transcript that could be read. */
  isAbsent(): boolean
  /** Why the newest question failed; what was read before stays. */
  error(): string | undefined
  /** There is more before the first entry. */
  hasOlder(): boolean
  /** Reads the page before; `onRead` is called when it is there and not yet shown. */
  loadOlder(onRead: () => void): Promise<void>
  /** Reads back until the entry is there; false where it is not, or too far back. */
  find(entry: string): Promise<boolean>
  again(): void
}

/** The conversation of one agent, kept up to date for the life of the Solid owner. */
export function createConversation(agent: () => AgentView): Conversation {
  const [parts, setParts] = createStore<Part[]>([])
  const [older, setOlder] = createSignal<string>()
  const [source, setSource] = createSignal<'transcript' | 'none'>()
  const [error, setError] = createSignal<string>()
  const life = new AbortController()
  onCleanup(() => life.abort())
  let entries: readonly TranscriptEntry[] = []
  let turns: readonly TurnView[] = []

  // Entries keep their elements: what is unfolded or selected stays so while more is said.
  const show = () => setParts(reconcile(partsOf(entries, turns), { key: 'id' }))

  const ask = async (signal: AbortSignal) => {
    try {
      const { id } = agent()
      const [answer, told] = await Promise.all([
        agentTranscript(id, {}, signal),
        agentTurns(id, signal),
      ])
      if (signal.aborted) return
      const known = new Set(answer.entries.map((entry) => entry.id))
      if (!entries.some((held) => known.has(held.id))) setOlder(answer.before)
      entries = mergeEntries(entries, answer.entries, 'newest')
      turns = told.turns
      show()
      setSource(answer.source)
      setError(undefined)
    } catch (reason) {
      if (!signal.aborted) setError(sentenceOf(reason))
    }
  }
  const askSoon = createPaced(ask, PAUSE_MS)
  // Whatever the feed tells of the agent may be a new word of it.
  createEffect(on(() => JSON.stringify(agent()), askSoon))
  createEffect(() => {
    if (agent().turn === undefined) return
    const beat = setInterval(askSoon, BEAT_MS)
    onCleanup(() => clearInterval(beat))
  })

  const readOlder = async (limit?: number, onRead?: () => void) => {
    const before = older()
    if (before === undefined) return
    const answer = await agentTranscript(agent().id, { before, limit }, life.signal)
    onRead?.()
    entries = mergeEntries(entries, answer.entries, 'older')
    setOlder(answer.before)
    show()
  }
  const tell = (reason: unknown) => {
    if (!life.signal.aborted) setError(sentenceOf(reason))
  }

  return {
    parts,
    isLoading: () => source() === undefined && error() === undefined,
    isAbsent: () => source() === 'none',
    error,
    hasOlder: () => older() !== undefined,
    loadOlder: (onRead) => readOlder(undefined, onRead).catch(tell),
    async find(entry) {
      const isHeld = () => entries.some(({ id }) => id === entry)
      try {
        for (let page = 0; page < LOOK_PAGES && !isHeld() && older() !== undefined; page += 1) {
          await readOlder(LOOK_ENTRIES)
        }
      } catch (reason) {
        tell(reason)
      }
      return isHeld()
    },
    again: askSoon,
  }
}
