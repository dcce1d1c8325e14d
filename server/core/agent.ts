import type { Adapter, Observation, ObservedFacts, ProcessFacts } from '../agents/adapter.ts'
import type { Where } from '../agents/elsewhere.ts'
import type { EntryPart } from '../agents/entry.ts'
import {
  type AgentView,
  EVIDENCE_SOURCES,
  type EvidenceResponse,
  type GitView,
  type TurnView,
} from '../protocol.ts'
import {
  type ActivityState,
  askView,
  beginActivity,
  derive,
  impossible,
  observe,
} from './activity.ts'
import { isOtherConversation, withFacts } from './agent-facts.ts'
import { type CueState, cuesOf, followCues, NO_CUES } from './cues.ts'
import { dialogHash } from './dialog.ts'
import { redact, redactExcerpt } from './redact.ts'
import { speakerOf } from './speaker.ts'
import { Subagents } from './subagents.ts'
import { changedTurns, EMPTY_BOOK, keepTurns, type TurnBook, turnView } from './turns.ts'

/** Titles, tools and models are short; whatever an agent writes there, a row stays a row. */
const SHORT_CHARS = 120

/** Names of an agent's session and window, and the index of its pane. */
export type AgentPlace = NonNullable<AgentView['place']>

export interface AgentOptions {
  id: string
  adapter: Adapter
  process: ProcessFacts
  /** Our ids of its pane and session. */
  pane: string
  session: string
  /** What people call that place. */
  place: AgentPlace
  where: Where
  /** Its newest stored turn; where that still runs, it goes on. */
  lastTurn?: TurnView | undefined
  /** What was kept of it before a restart of ours: what its sources do not tell again stays known. */
  known?: AgentView | undefined
  startedAt: number
  now: number
  /** Told of observations that cannot be true. */
  invariant: (why: string, observation: Observation) => void
}

/** One agent's life: what its sources said, what follows from it, and its books. */
export class Agent {
  readonly id: string
  readonly adapter: Adapter
  readonly process: ProcessFacts
  readonly where: Where
  /** When its process began, and when we first saw it (epoch milliseconds). */
  readonly startedAt: number
  readonly seenAt: number
  pane: string
  session: string
  #place: AgentPlace
  readonly #options: AgentOptions
  #state: ActivityState
  #book: TurnBook
  #facts: ObservedFacts = {}
  /** When its conversation was named last. */
  #namedAt = 0
  /** When the user last typed something that counts (epoch milliseconds). */
  #typedAt: number | undefined
  readonly subagents: Subagents
  /** What git says of its folder; absent where there is no repository. */
  git: GitView | undefined
  #cues: CueState = NO_CUES

  constructor(options: AgentOptions) {
    const { id, adapter, lastTurn, now } = options
    this.#options = options
    this.id = id
    this.adapter = adapter
    this.process = options.process
    this.where = options.where
    this.pane = options.pane
    this.session = options.session
    this.#place = options.place
    this.startedAt = options.startedAt
    this.seenAt = now
    this.#state = beginActivity(id, adapter.patience, now, lastTurn?.generation ?? 0)
    this.#book = EMPTY_BOOK
    this.subagents = new Subagents(id)
    const resumed = adapter.resumes?.(options.process)
    if (resumed !== undefined) this.#facts.conversation = resumed
    if (options.known) this.#recall(options.known)
    if (lastTurn && lastTurn.endedAt === undefined) this.#takeUp(lastTurn)
  }

  get state(): ActivityState {
    return this.#state
  }

  get isEnded(): boolean {
    return this.#state.endedAt !== undefined
  }

  /** Nothing was ever heard of it: no source spoke, no turn was seen. */
  get isBlank(): boolean {
    const { claims, generation } = this.#state
    return Object.keys(claims).length === 0 && generation === 0 && !this.conversation
  }

  /** Whether it ever had a turn. */
  get hasWorked(): boolean {
    return this.#state.generation > 0
  }

  /** The agent's own id of the conversation, and where it told that the transcript lies. */
  get conversation(): string | undefined {
    return this.#facts.conversation || undefined
  }

  get transcript(): string | undefined {
    return this.#facts.transcript
  }

  /** The same object as long as the names are the same. */
  get place(): AgentPlace {
    return this.#place
  }

  set place(place: AgentPlace) {
    const { session, window, pane } = this.#place
    if (place.session === session && place.window === window && place.pane === pane) return
    this.#place = place
  }

  /** Takes in one observation; returns the turns that must be written. */
  hear(observation: Observation, now: number): TurnView[] {
    this.subagents.hear(observation)
    const heard = this.#ownPart(observation)
    const why = impossible(this.#state, heard)
    if (why !== undefined) this.#options.invariant(why, heard)
    const before = this.#book
    this.#state = observe(this.#state, heard, now)
    if (heard.facts) this.#takeFacts(heard.facts, heard.at)
    this.#book = keepTurns(before, this.#state, heard)
    if (this.isEnded) this.subagents.end()
    return this.#changed(before)
  }

  /** Takes in what its transcript tells of its work; without parts another transcript begins. */
  noteEntries(parts?: readonly EntryPart[]): void {
    this.#cues = parts ? followCues(this.#cues, parts) : NO_CUES
  }

  /** Lets time pass: sources that fell silent give way. */
  tick(now: number): TurnView[] {
    const before = this.#book
    this.#state = derive(this.#state, now)
    this.#book = keepTurns(before, this.#state)
    const { activity } = this.#state
    this.subagents.tick(now, activity !== 'idle' && activity !== 'failed')
    return this.#changed(before)
  }

  /** The user typed something that counts, on any path. It is later than all the agent said. */
  heardUser(now: number): void {
    const said = this.#spoke()
    this.#typedAt = Math.max(now, said?.who === 'agent' ? said.at + 1 : now)
  }

  /** As pages see it; the same object where nothing changed. */
  view(): AgentView {
    const { activity, since, evidence, ask, turn, lastTurn, endedAt } = this.#state
    const { who, at: spokeAt } = this.#spoke() ?? {}
    const { pane, session, git } = this
    // One list and not several: this is asked of every agent each second.
    const key = [
      activity,
      since,
      evidence,
      ask,
      turn,
      endedAt,
      this.#facts,
      this.#book.total,
      lastTurn,
      who,
      spokeAt,
      this.#askHash(),
      pane,
      session,
      this.#place,
      git,
      this.#cues,
    ]
    if (!this.#view || key.some((part, at) => part !== this.#viewKey[at])) {
      this.#view = this.#makeView()
      this.#viewKey = key
    }
    return this.#view
  }
  #view: AgentView | undefined
  #viewKey: readonly unknown[] = []

  #makeView(): AgentView {
    const { activity, since, evidence, turn, endedAt } = this.#state
    const facts = this.#facts
    const ask = askView(this.#state)
    const short = (text: string | undefined) => redactExcerpt(text ?? '', SHORT_CHARS)
    const conversation = this.conversation
    const lastTurn = this.#lastTurn()
    const spoke = this.#spoke()
    const hash = this.#askHash()
    const cues = cuesOf(this.#cues, this.git?.state)
    return {
      id: this.id,
      kind: this.adapter.kind,
      pane: this.pane,
      session: this.session,
      activity,
      since,
      liveness: endedAt === undefined ? 'live' : 'ended',
      evidence: { ...evidence, line: redactExcerpt(evidence.line) },
      ...(ask ? { ask: { ...ask, text: redactExcerpt(ask.text), ...(hash ? { hash } : {}) } } : {}),
      ...(turn ? { turn: { generation: turn.generation, startedAt: turn.startedAt } } : {}),
      ...(lastTurn ? { lastTurn } : {}),
      ...(spoke ? { spoke } : {}),
      title: short(facts.title),
      prompt: redactExcerpt(facts.prompt ?? ''),
      lastWords: redactExcerpt(facts.lastWords ?? ''),
      tool: endedAt === undefined && turn ? redactExcerpt(facts.tool ?? '') : '',
      model: short(facts.model),
      usage: this.#book.total,
      cwd: redact(this.process.cwd),
      ...(this.git ? { git: this.git } : {}),
      ...(cues.length > 0 ? { cues } : {}),
      place: {
        ...this.#place,
        session: redact(this.#place.session),
        window: redact(this.#place.window),
      },
      ...(conversation === undefined ? {} : { conversation }),
      where: this.where,
      startedAt: this.startedAt,
      ...(endedAt === undefined ? {} : { endedAt }),
    }
  }

  /** The turn before the running one, also where it ended before we came. */
  #lastTurn(): AgentView['lastTurn'] {
    const { generation, startedAt, endedAt, end } =
      this.#state.lastTurn ?? this.#options.lastTurn ?? {}
    if (generation === undefined || startedAt === undefined) return undefined
    if (endedAt === undefined || end === undefined) return undefined
    return { generation, startedAt, endedAt, end }
  }

  /** Of the dialog as the screen shows it; undefined until it was read there. */
  #askHash(): string | undefined {
    const { activity, claims } = this.#state
    return activity === 'asking' ? dialogHash(claims.screen?.says) : undefined
  }

  #spoke(): AgentView['spoke'] {
    return speakerOf(this.#state, this.#lastTurn(), this.#typedAt)
  }

  /** Every source's last word, strongest first. */
  evidence(): EvidenceResponse {
    const { activity, evidence, claims } = this.#state
    return {
      agent: this.id,
      activity,
      evidence: { ...evidence, line: redactExcerpt(evidence.line) },
      sources: EVIDENCE_SOURCES.flatMap((source) => {
        const said = claims[source]
        if (!said) return []
        const { says, line, since, seen, confidence } = said
        const words = redactExcerpt(line)
        return [{ source, says: says.type, line: words, since, at: seen, confidence }]
      }),
    }
  }

  #recall({ title, prompt, lastWords, model, conversation }: AgentView): void {
    const told = Object.entries({ title, prompt, lastWords, model, conversation })
    this.#facts = Object.fromEntries(told.filter(([, value]) => value))
  }

  /** A turn that ran when we stopped goes on where its agent still lives. */
  #takeUp(turn: TurnView): void {
    const { generation, startedAt, prompt, lastWords } = turn
    this.#state = { ...this.#state, turn: { generation, startedAt, prompted: prompt !== '' } }
    const books = keepTurns(EMPTY_BOOK, this.#state)
    // Numbers come anew with the transcript, which is read from its beginning.
    const current = books.current && { ...books.current, prompt, lastWords }
    this.#book = current ? { ...books, current } : books
    this.#facts = { ...this.#facts, prompt, lastWords }
  }

  #changed(before: TurnBook): TurnView[] {
    return changedTurns(before, this.#book).map((turn) => turnView(turn, this.id))
  }

  /**
   * What a subagent's own conversation says of this agent: that it works or asks, since its dialogs
   * stand on the same screen; nothing of its turns, words and readings.
   */
  #ownPart(observation: Observation): Observation {
    const { facts, says } = observation
    if (facts?.conversation === undefined || !this.subagents.has(facts.conversation)) {
      return observation
    }
    const { usage, usageKind, recordId } = facts
    const counts = usageKind === 'sum' && usage !== undefined
    const { contextUsed: _, contextSize: __, ...sums } = usage ?? {}
    const { says: ___, ...rest } = observation
    const isAct = says?.type === 'asking' || says?.type === 'working' || says?.type === 'retrying'
    const told = isAct
      ? says
      : says?.type === 'prompted'
        ? ({ type: 'working' } as const)
        : undefined
    return {
      ...rest,
      ...(told ? { says: told } : {}),
      facts: {
        ...(counts ? { usage: sums, usageKind } : {}),
        ...(recordId === undefined ? {} : { recordId }),
      },
    }
  }

  #takeFacts(facts: ObservedFacts, at: number): void {
    // Late words of a conversation that was left say nothing of the one that followed it.
    if (isOtherConversation(this.#facts, facts) && at < this.#namedAt) return
    if (facts.conversation) this.#namedAt = Math.max(at, this.#namedAt)
    this.#facts = withFacts(this.#facts, facts)
  }
}
