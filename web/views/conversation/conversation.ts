import { createEffect, createSignal, on, onCleanup } from 'solid-js'
import { createStore, reconcile } from 'solid-js/store'
import type {
  AgentView,
  TranscriptEntry,
  TranscriptResponse,
  TurnView,
} from '../../../server/protocol.ts'
import { agentTurns, sentenceOf } from '../../state/api.ts'
import { agentTranscript } from '../../state/memory-api.ts'
import { createPaced } from '../../state/paced.ts'
import { type Part, partsOf, withNews, withOlder, withPage } from './parts.ts'

/** While the agent works its words are asked for this often, whether its state changes or not (milliseconds). */
const PAUSE_MS = 1_000
/** Entries of one answer, where many are wanted: the most that the server gives. */
const MANY_ENTRIES = 200
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
  /** What the server calls the place up to which we were told. */
  let after: string | undefined
  let mayHaveTurned = true

  // Entries keep their elements: what is unfolded or selected stays so while more is said.
  const show = () => setParts(reconcile(partsOf(entries, turns), { key: 'id' }))

  /** Whether there is something to show. */
  const take = (answer: TranscriptResponse) => {
    after = answer.after
    if (answer.changed) {
      entries = withNews(entries, answer.changed, answer.entries)
      return answer.changed.length + answer.entries.length > 0
    }
    entries = withPage(entries, answer.entries)
    if (entries.length === answer.entries.length) setOlder(answer.before)
    return true
  }
  const ask = async (signal: AbortSignal) => {
    // A beat between two words of the feed asks for nothing but what was written.
    const asksTurns = mayHaveTurned
    mayHaveTurned = false
    try {
      const { id } = agent()
      const part = after === undefined ? {} : { after, limit: MANY_ENTRIES }
      const [answer, told] = await Promise.all([
        agentTranscript(id, part, signal),
        asksTurns ? agentTurns(id, signal) : undefined,
      ])
      if (signal.aborted) return
      if (told) turns = told.turns
      if (take(answer) || told) show()
      setSource(answer.source)
      setError(undefined)
    } catch (reason) {
      mayHaveTurned ||= asksTurns
      if (!signal.aborted) setError(sentenceOf(reason))
    }
  }
  const askSoon = createPaced(ask, PAUSE_MS)
  // Whatever the feed tells of the agent may be a new word of it, or the end of a turn.
  createEffect(
    on(
      () => JSON.stringify(agent()),
      () => {
        mayHaveTurned = true
        askSoon()
      },
    ),
  )
  createEffect(() => {
    if (agent().turn === undefined) return
    const beat = setInterval(askSoon, PAUSE_MS)
    onCleanup(() => clearInterval(beat))
  })

  const readOlder = async (limit?: number, onRead?: () => void) => {
    const before = older()
    if (before === undefined) return
    const answer = await agentTranscript(agent().id, { before, limit }, life.signal)
    // Meanwhile what it stands before may have been replaced.
    if (older() !== before) return
    onRead?.()
    entries = withOlder(entries, answer.entries)
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
          await readOlder(MANY_ENTRIES)
        }
      } catch (reason) {
        tell(reason)
      }
      return isHeld()
    },
    again: askSoon,
  }
}
