import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import type { AgentFiles, Observation } from '../agents/adapter.ts'
import { findTranscript } from '../agents/binding.ts'
import { finishTranscript, followTranscript } from '../agents/follow.ts'
import { isConversation } from '../agents/program.ts'
import { type TailEvent, TranscriptTail } from '../agents/tail.ts'
import { TranscriptError } from '../agents/transcript-file.ts'
import { BegunTranscript, findByConversation } from '../agents/transcript-search.ts'
import type { Log } from '../log.ts'
import type { Agent } from './agent.ts'

/** Larger transcripts are read from their end: what they tell of now stands there, but no totals. */
const WHOLE_BYTES = 268_435_456
/** What was written before we came is heard so many observations at a time. */
const CATCH_UP = 200
/** Clocks and files lag behind each other by up to so much (milliseconds). */
const LAG_MS = 2_000

export interface TranscriptDeps {
  agent: Agent
  files: AgentFiles
  hear: (observations: readonly Observation[]) => void
  owner: TranscriptOwner
  log: Log
  signal: AbortSignal
}

/** What one agent may have: a transcript belongs to one live agent at most. */
export interface TranscriptOwner {
  /** Takes the file; false where it is another's. */
  claim(path: string): boolean
  isFree(path: string): boolean
  /** Whether no other agent of its kind looks for a transcript of the same folder. */
  isAlone(): boolean
}

/** Finds the transcript of one agent and tells what comes in it, until some time after its end. */
export class AgentTranscript {
  readonly #deps: TranscriptDeps
  readonly #begun: BegunTranscript
  #tail: TranscriptTail | undefined
  #following: { stop: AbortController; done: Promise<void> } | undefined
  #looking: Promise<void> | undefined

  constructor(deps: TranscriptDeps) {
    this.#deps = deps
    this.#begun = new BegunTranscript(deps.agent.process, deps.agent.startedAt, deps.files)
  }

  get path(): string | undefined {
    return this.#tail?.path
  }

  /** Bytes that were read so far. */
  get readTo(): number | undefined {
    return this.#tail?.place?.offset
  }

  /** Looks for the file; begins to follow it, or another one where the conversation changed. */
  async look(): Promise<void> {
    const { agent, files } = this.#deps
    if (this.#looking || files.transcripts === undefined || agent.isEnded) return
    this.#looking = this.#look(files.transcripts)
    try {
      await this.#looking
    } finally {
      this.#looking = undefined
    }
  }

  async #look(root: string): Promise<void> {
    const { owner, signal } = this.#deps
    const path = await this.#where()
    if (path === undefined || path === this.path || signal.aborted || !owner.claim(path)) return
    await this.#leave()
    await this.#follow(path, root)
  }

  /** The agent has ended: reads on until its last record is there. `times`: of `finishTranscript`. */
  async finish(times: { stepMs?: number; limitMs?: number } = {}): Promise<void> {
    const { agent, signal } = this.#deps
    // A file that is just being found is read from its beginning; who looked is told of a failure.
    await this.#looking?.catch(() => {})
    await this.#leave()
    if (!this.#tail) return
    await finishTranscript(this.#tail, this.#tell, agent.adapter.isTerminal, { signal, ...times })
  }

  async #where(): Promise<string | undefined> {
    const { agent, files, owner } = this.#deps
    if (agent.transcript !== undefined) return agent.transcript
    const bound = await findTranscript(agent.process, files)
    if (bound !== undefined) return bound
    const { conversation } = agent
    if (conversation !== undefined) {
      if (!isConversation(conversation)) return undefined
      // What was found stays: a search goes through every folder that the agent ever worked in.
      const isHeld = this.path && files.layout?.holds(basename(this.path), conversation)
      return isHeld ? this.path : findByConversation(files, conversation)
    }
    return owner.isAlone() ? this.#begun.find(owner.isFree) : undefined
  }

  async #leave(): Promise<void> {
    this.#following?.stop.abort()
    await this.#following?.done
    this.#following = undefined
  }

  async #follow(path: string, root: string): Promise<void> {
    const { agent, log, signal } = this.#deps
    const size = await stat(path).then(
      (facts) => facts.size,
      () => 0,
    )
    const tail = new TranscriptTail({ path, root, from: size > WHOLE_BYTES ? 'end' : 'start' })
    this.#tail = tail
    agent.noteEntries()
    await this.#catchUp(tail)
    const stop = new AbortController()
    const end = AbortSignal.any([signal, stop.signal])
    const done = followTranscript(tail, this.#tell, {
      signal: end,
      trouble: (problem) => {
        if (problem) log.warn({ agent: agent.id, why: problem.code }, 'a transcript is not read')
      },
    }).catch((error: unknown) => log.error({ error, agent: agent.id }, 'a transcript was left'))
    this.#following = { stop, done }
  }

  /**
   * What was written before we came: its facts count, but of its statements only those of this
   * process's own life, and of what we did not see happen the last one, so that no turn of the
   * past is lived through again.
   */
  async #catchUp(tail: TranscriptTail): Promise<void> {
    const { agent, hear, signal } = this.#deps
    const from = agent.seenAt - LAG_MS
    let waiting: Observation[] = []
    /** Where in `waiting` the newest statement stands of what we did not see: perhaps the last one. */
    let newest: number | undefined
    const flush = (end: number) => {
      if (end > 0) hear(waiting.slice(0, end))
      waiting = waiting.slice(end)
      if (newest !== undefined) newest -= end
    }
    try {
      await tail.read((event) => {
        if (event.type !== 'line') return
        for (const one of this.#read(event.text)) {
          const isOwn = one.at >= agent.startedAt - LAG_MS
          if (one.says !== undefined) {
            const before = newest === undefined ? undefined : waiting[newest]
            if (newest !== undefined && before) waiting[newest] = withoutStatement(before)
            newest = isOwn && one.at < from ? waiting.length : undefined
          }
          waiting.push(isOwn ? one : withoutStatement(one))
        }
        if (waiting.length >= CATCH_UP) flush(newest ?? waiting.length)
      }, signal)
    } catch (error) {
      // Not there yet, or refused: the follower tells which, once.
      if (!(error instanceof TranscriptError)) throw error
    }
    flush(waiting.length)
  }

  readonly #tell = (event: TailEvent): void => {
    const { agent, hear } = this.#deps
    if (event.type === 'restarted') {
      agent.noteEntries()
      // Cut, or a shorter one put in its place; one that was written anew may hold a newer prompt.
      const isCut = event.reason !== 'rewritten' && !agent.isEnded
      const back = isCut ? agent.adapter.fromTakenBack?.(Date.now()) : undefined
      if (back) hear([back])
    }
    if (event.type !== 'line') return
    const told = this.#read(event.text)
    hear(event.replay ? told.map(withoutStatement) : told)
  }

  #read(line: string): Observation[] {
    const { agent } = this.#deps
    const { adapter } = agent
    agent.noteEntries(adapter.entries?.(line) ?? [])
    return adapter.fromTranscript?.(line, Date.now()) ?? []
  }
}

function withoutStatement({ says: _, ...facts }: Observation): Observation {
  return facts
}
