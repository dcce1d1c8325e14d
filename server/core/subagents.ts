import { createHash } from 'node:crypto'
import type { Observation, ObservedFacts } from '../agents/adapter.ts'
import type { Activity, AgentView, Evidence, EvidenceResponse } from '../protocol.ts'
import { redactExcerpt } from './redact.ts'

/** Rows of subagents that have ended are kept up to so many, the newest. */
const ENDED_MAX = 20
/** So many are known at once; beyond that the oldest give way. */
const KNOWN_MAX = 500
/** One that was not heard of for so long, under a parent that does not work, is over (milliseconds). */
const QUIET_MS = 60_000

interface Subagent {
  readonly id: string
  readonly title: string
  readonly tool: string
  readonly lastWords: string
  readonly activity: Activity
  readonly since: number
  readonly startedAt: number
  readonly heardAt: number
  readonly endedAt?: number
  readonly evidence: Evidence
}

/** News of one; what is absent leaves what was known. */
interface Told extends Pick<ObservedFacts, 'title' | 'titleIsChosen' | 'tool' | 'lastWords'> {
  activity: Activity | undefined
  running?: boolean | undefined
}

/** What changed since it was last asked. */
export interface SubagentChanges {
  rows: AgentView[]
  /** Ids of rows that are no more. */
  gone: string[]
}

/**
 * What one agent's own agents do: rows under it, made of what it and they report. They end with
 * it, and none of what they say is a turn or a word of its. Times in epoch milliseconds.
 */
export class Subagents {
  readonly #parent: string
  /** By the agent's own id of it, oldest news first. */
  readonly #known = new Map<string, Subagent>()
  readonly #changed = new Set<string>()
  #gone: string[] = []

  constructor(parent: string) {
    this.#parent = parent
  }

  /** Whether this is the id of a subagent, and not of a conversation of the user's. */
  has(id: string): boolean {
    return this.#known.has(id)
  }

  /** Takes in what was said of, or by, a subagent; anything else changes nothing. */
  hear(observation: Observation): void {
    const { facts, says } = observation
    const of = facts?.subagent
    if (of) {
      const activity = of.running ? 'working' : undefined
      this.#note(of.id, observation, { ...of, activity })
      return
    }
    const speaker = facts?.conversation
    if (!facts || speaker === undefined || !this.#known.has(speaker)) return
    // It has a conversation of its own, with which it may go on after its end.
    const activity = activityOf(says?.type)
    const isOver = says?.type === 'idle' || says?.type === 'failed'
    const running = activity ? true : isOver ? false : undefined
    this.#note(speaker, observation, { ...facts, activity, running })
  }

  /** Whether one of them may still be at work. */
  get areRunning(): boolean {
    return [...this.#known.values()].some(({ endedAt }) => endedAt === undefined)
  }

  /** Lets time pass: reports of an end get lost. */
  tick(now: number, parentWorks: boolean): void {
    if (parentWorks) return
    for (const [id, one] of this.#known) {
      if (one.endedAt !== undefined || now - one.heardAt < QUIET_MS) continue
      this.#put(id, { ...one, activity: 'unknown', tool: '', since: now, endedAt: one.heardAt })
    }
  }

  /** The parent has ended: nothing of them stays. */
  end(): void {
    for (const id of [...this.#known.keys()]) this.#drop(id)
  }

  /** Rows that are new or changed, under `parent` as it is now, and those that are gone. */
  changes(parent: AgentView): SubagentChanges {
    const rows = [...this.#changed].flatMap((id) => {
      const one = this.#known.get(id)
      return one ? [this.#row(one, parent)] : []
    })
    const gone = this.#gone
    this.#changed.clear()
    this.#gone = []
    return { rows, gone }
  }

  /** All rows are told anew, as after the parent has moved. */
  tellAll(): void {
    for (const id of this.#known.keys()) this.#changed.add(id)
  }

  #note(id: string, { source, line, at, confidence }: Observation, told: Told): void {
    const held = this.#known.get(id)
    if (held && at < held.heardAt) {
      this.#noteLate(held, told)
      return
    }
    // Its end is told by several sources; what is as old as that says nothing new.
    if (held?.endedAt !== undefined && at <= held.endedAt) return
    const endedAt = told.running === undefined ? held?.endedAt : told.running ? undefined : at
    const activity = endedAt === undefined ? (told.activity ?? held?.activity ?? 'unknown') : 'idle'
    this.#put(id, {
      id,
      title: titleOf(held, told),
      tool: endedAt === undefined ? (told.tool ?? held?.tool ?? '') : '',
      lastWords: told.lastWords || held?.lastWords || '',
      activity,
      since: held && held.activity === activity ? held.since : at,
      startedAt: held?.startedAt ?? at,
      heardAt: at,
      ...(endedAt === undefined ? {} : { endedAt }),
      evidence: { source, line, at, confidence },
    })
  }

  /** Hooks and logs overtake one another: of older news only what nobody told yet is taken. */
  #noteLate(held: Subagent, told: Told): void {
    const title = titleOf(held, told)
    const lastWords = held.lastWords || told.lastWords || ''
    if (title === held.title && lastWords === held.lastWords) return
    this.#put(held.id, { ...held, title, lastWords })
  }

  #put(id: string, one: Subagent): void {
    this.#known.delete(id)
    this.#known.set(id, one)
    this.#changed.add(id)
    const ended = [...this.#known.values()].filter(({ endedAt }) => endedAt !== undefined)
    for (const { id: oldest } of ended.slice(0, Math.max(0, ended.length - ENDED_MAX))) {
      this.#drop(oldest)
    }
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= KNOWN_MAX) break
      this.#drop(oldest)
    }
  }

  #drop(id: string): void {
    this.#known.delete(id)
    this.#changed.delete(id)
    this.#gone.push(this.#rowId(id))
  }

  /** Stable, and free of what another program writes into its ids. */
  #rowId(id: string): string {
    return `${this.#parent}-s${createHash('sha256').update(id).digest('hex').slice(0, 12)}`
  }

  #row(one: Subagent, parent: AgentView): AgentView {
    const { kind, pane, session, cwd, where } = parent
    return {
      id: this.#rowId(one.id),
      parent: parent.id,
      kind,
      pane,
      session,
      activity: one.activity,
      since: one.since,
      liveness: one.endedAt === undefined ? 'live' : 'ended',
      evidence: { ...one.evidence, line: redactExcerpt(one.evidence.line) },
      title: redactExcerpt(one.title),
      prompt: '',
      lastWords: redactExcerpt(one.lastWords),
      tool: redactExcerpt(one.tool),
      model: '',
      usage: {},
      cwd,
      where,
      startedAt: one.startedAt,
      ...(one.endedAt === undefined ? {} : { endedAt: one.endedAt }),
    }
  }
}

/** The name of its type gives way to what it is for. */
function titleOf(held: Subagent | undefined, { title = '', titleIsChosen }: Told): string {
  return titleIsChosen && title !== '' ? title : held?.title || title
}

/** Why we say what we say of a subagent, from its row: the one word that was heard of it last. */
export function childEvidence({ id, activity, since, evidence }: AgentView): EvidenceResponse {
  return { agent: id, activity, evidence, sources: [{ ...evidence, says: activity, since }] }
}

function activityOf(says: string | undefined): Activity | undefined {
  switch (says) {
    case 'working':
    case 'prompted':
      return 'working'
    case 'asking':
    case 'retrying':
      return says
    default:
      return undefined
  }
}
