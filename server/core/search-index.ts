import type { Database } from '../../db/open.ts'
import type { SearchText } from '../../db/search.ts'
import { addSearchTexts, knownRefs, trimSearchTexts } from '../../db/search.ts'
import type { Writer } from '../../db/writer.ts'
import { every } from '../lib/time.ts'
import type { Log } from '../log.ts'
import type { AgentView, Settings, TranscriptEntry, TranscriptResponse } from '../protocol.ts'
import { textOfEntry } from './entries.ts'
import { OneByOne } from './one-by-one.ts'
import type { Registry } from './registry.ts'
import { piecesOf } from './search-pieces.ts'
import { agentPlace, isInside } from './search-place.ts'

/** After a turn's end its last records may still be written (milliseconds). */
const SETTLE_MS = 3_000
/** Entries of one read, and reads of one turn: of a longer one the beginning is not found. */
const PAGE = 100
const PAGES = 10
/** Pieces of transcripts that are kept; the oldest go first. Some 200 MB. */
const PIECES_MAX = 50_000
/** Between two looks at what is too old (milliseconds), and what one transaction forgets. */
const TRIM_MS = 3_600_000
const TRIM_SLICE = 200
const DAY_MS = 86_400_000

export interface SearchIndexDeps {
  registry: Registry
  db: Database
  writer: Writer
  settings: () => Settings
  /** One page of an agent's conversation, the newest part first asked; undefined where it is gone. */
  conversation: (
    agent: string,
    page: { before: number | undefined; limit: number },
  ) => Promise<TranscriptResponse | undefined>
  log: Log
  signal: AbortSignal
  /** For tests (milliseconds). */
  settleMs?: number
}

/** Makes conversations findable: after each turn, what was said since the turn before. */
export class SearchIndex {
  readonly #deps: SearchIndexDeps
  readonly #turns = new Map<string, number>()
  readonly #order = new OneByOne()
  readonly #timers = new Map<string, NodeJS.Timeout>()

  constructor(deps: SearchIndexDeps) {
    this.#deps = deps
    deps.signal.addEventListener(
      'abort',
      () => {
        for (const timer of this.#timers.values()) clearTimeout(timer)
      },
      { once: true },
    )
  }

  /** Follows turns, and forgets what is too old, until the signal. */
  start(): void {
    const { registry, signal } = this.#deps
    registry.frames.on((frame) => {
      if (frame.type === 'agent') this.#follow(frame.agent)
      if (frame.type === 'agent-gone') this.#turns.delete(frame.id)
    }, signal)
    for (const agent of registry.agents()) this.#follow(agent)
    // `every` rejects only where its work does.
    void every(TRIM_MS, () => this.trim(), signal)
  }

  /** Forgets conversations that are older than the settings allow, or too many. */
  async trim(): Promise<void> {
    const { writer, settings, log } = this.#deps
    const before = Date.now() - settings().snapshotDays * DAY_MS
    const limits = { before, keep: PIECES_MAX, limit: TRIM_SLICE }
    try {
      let gone = TRIM_SLICE
      while (gone === TRIM_SLICE) {
        gone = await writer.write((tx) => trimSearchTexts(tx, 'transcript', limits))
      }
    } catch (error) {
      log.warn({ error }, 'old conversations were not forgotten; the next look tries again')
    }
  }

  /** Takes in what is new in an agent's conversation. Resolves when it can be found. */
  take(agent: string): Promise<void> {
    return this.#order.run(agent, () => this.#take(agent))
  }

  #follow({ id, turn }: AgentView): void {
    const before = this.#turns.get(id)
    if (turn) this.#turns.set(id, turn.generation)
    else this.#turns.delete(id)
    if (before === undefined || before === turn?.generation) return
    clearTimeout(this.#timers.get(id))
    const { settleMs = SETTLE_MS, signal, log } = this.#deps
    if (signal.aborted) return
    const timer = setTimeout(() => {
      this.#timers.delete(id)
      this.take(id).catch((error: unknown) =>
        log.warn({ error, agent: id }, 'a conversation was not indexed; the next turn takes it in'),
      )
    }, settleMs)
    this.#timers.set(id, timer)
  }

  async #take(agent: string): Promise<void> {
    const { registry, db, writer, conversation, settings, signal } = this.#deps
    const view = registry.agent(agent)
    if (!view || settings().doNotRecord.some((folder) => isInside(view.cwd, folder))) return
    const fresh: TranscriptEntry[] = []
    let before: number | undefined
    for (let page = 0; page < PAGES && !signal.aborted; page++) {
      const answer = await conversation(agent, { before, limit: PAGE })
      if (!answer) break
      const { entries, before: next } = answer
      const refs = entries.map(({ id }) => id)
      const known = knownRefs(db, agent, 'transcript', refs)
      fresh.unshift(...entries.filter(({ id }) => !known.has(id)))
      if (known.size > 0 || next === undefined) break
      before = Number(next)
    }
    if (fresh.length === 0) return
    const place = { agent, agentKind: view.kind, ...agentPlace(view, registry) }
    const texts = fresh.flatMap((entry) => textsOf(entry, place))
    await writer.write((tx) => addSearchTexts(tx, texts))
  }
}

/** What people and agents said, and which tools were called; what those printed is on screens. */
function textsOf(
  entry: TranscriptEntry,
  place: Pick<SearchText, 'agent' | 'agentKind' | 'session' | 'repository'>,
): SearchText[] {
  const { id, at, type, tool } = entry
  if (type === 'thinking' || type === 'note') return []
  const said = textOfEntry(tool ? { ...entry, tool: { ...tool, input: '', output: '' } } : entry)
  return piecesOf(said.split('\n')).map((piece) => ({
    ...place,
    kind: 'transcript',
    ref: id,
    at: at > 0 ? at : Date.now(),
    ...piece,
  }))
}
