import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Observation, SubagentLogs } from '../agents/adapter.ts'
import { newsOf, type SubagentNews } from '../agents/subagent-news.ts'
import { TranscriptTail } from '../agents/tail.ts'
import { openTranscript, readRange, TranscriptError } from '../agents/transcript-file.ts'
import type { Log } from '../log.ts'
import type { Agent } from './agent.ts'

/** So many logs are followed at once, those written last; the others are looked at when these end. */
const LOGS_MAX = 64
/** One that was not written to for so long before we saw its parent is of the past (milliseconds). */
const QUIET_MS = 60_000
/** Larger logs are read from their end: what they tell of now stands there. */
const WHOLE_BYTES = 1_048_576
/** First lines and cards are read up to here: first lines hold all that the model was told. */
const HEAD_BYTES = 262_144

export interface SubagentFileDeps {
  agent: Agent
  hear: (observations: readonly Observation[]) => void
  log: Log
  signal: AbortSignal
}

/** One subagent's log, and how large it was when it was read. */
interface Followed {
  id: string
  tail: TranscriptTail
  size: number
  isOver: boolean
  title: string | undefined
}

/**
 * Follows what an agent writes of its subagents, while it or one of them works: an idle one costs
 * nothing. They are the same rows as those that hooks tell of, since both name them alike.
 */
export class SubagentFiles {
  readonly #deps: SubagentFileDeps
  readonly #followed = new Map<string, Followed>()
  /** Paths that are no news: of the past, of another conversation, or not to be read. */
  readonly #past = new Set<string>()
  #transcript = ''
  #isLooking = false

  constructor(deps: SubagentFileDeps) {
    this.#deps = deps
  }

  /** Tells what is new. `path` and `root` are of the agent's own transcript. */
  async look({ path, root }: { path: string; root: string }): Promise<void> {
    const { agent, signal } = this.#deps
    const logs = agent.adapter.subagents
    if (!logs || this.#isLooking || signal.aborted || agent.isEnded || !this.#isDue(path)) return
    this.#isLooking = true
    try {
      if (path !== this.#transcript) {
        this.#followed.clear()
        this.#past.clear()
        this.#transcript = path
      }
      await this.#find(logs, path, root)
      for (const [name, one] of this.#followed) await this.#read(logs, name, one)
    } finally {
      this.#isLooking = false
    }
  }

  #isDue(path: string): boolean {
    const { activity } = this.#deps.agent.state
    const isAtWork = activity !== 'idle' && activity !== 'failed'
    return path !== this.#transcript || isAtWork || this.#deps.agent.subagents.areRunning
  }

  async #find(logs: SubagentLogs, transcript: string, root: string): Promise<void> {
    const { agent } = this.#deps
    const found: { path: string; name: string; id: string; mtime: number; size: number }[] = []
    for (const folder of logs.folders(transcript, agent.conversation, Date.now())) {
      // Most agents never make one: a folder that is not there holds nothing.
      for (const name of await readdir(folder).catch(() => [])) {
        const path = join(folder, name)
        const id = logs.idOf(name)
        if (id === undefined || path === transcript) continue
        if (this.#followed.has(path) || this.#past.has(path)) continue
        // It may have gone since; a link, FIFO or folder is not read.
        const facts = await lstat(path).catch(() => undefined)
        if (!facts?.isFile() || facts.mtimeMs < agent.seenAt - QUIET_MS) this.#pass(path)
        else found.push({ path, name, id, mtime: facts.mtimeMs, size: facts.size })
      }
    }
    found.sort((a, b) => b.mtime - a.mtime)
    for (const { path, name, id, size } of found) {
      if (!this.#makeRoom()) break
      if (!(await this.#isOwn(logs, path, root))) continue
      const title = await this.#titleOf(logs, join(path, '..', logs.card?.nameOf(name) ?? ''), root)
      const tail = new TranscriptTail({ path, root, from: size > WHOLE_BYTES ? 'end' : 'start' })
      this.#followed.set(path, { id, tail, size: -1, isOver: false, title })
    }
  }

  /** Those that are over give way to new ones. */
  #makeRoom(): boolean {
    for (const [path, { isOver }] of this.#followed) {
      if (this.#followed.size < LOGS_MAX) break
      if (isOver) this.#pass(path)
    }
    return this.#followed.size < LOGS_MAX
  }

  #pass(path: string): void {
    this.#followed.delete(path)
    this.#past.add(path)
  }

  /** False also where its first line is not whole yet: it is looked at again. */
  async #isOwn(logs: SubagentLogs, path: string, root: string): Promise<boolean> {
    const { conversation } = this.#deps.agent
    if (!logs.isOf) return true
    const [line, ...rest] = (await this.#head(path, root)).split('\n')
    if (line === undefined || rest.length === 0 || conversation === undefined) return false
    if (logs.isOf(line, conversation)) return true
    this.#pass(path)
    return false
  }

  async #titleOf({ card }: SubagentLogs, path: string, root: string): Promise<string | undefined> {
    return card?.title(await this.#head(path, root))
  }

  async #head(path: string, root: string): Promise<string> {
    try {
      const { file, facts } = await openTranscript(path, root)
      await using _ = file
      return (await readRange(file, 0, Math.min(facts.size, HEAD_BYTES))).toString()
    } catch (error) {
      if (!(error instanceof TranscriptError)) throw error
      // There is none (yet), or it is not one to be read: it says nothing.
      return ''
    }
  }

  async #read(logs: SubagentLogs, path: string, one: Followed): Promise<void> {
    const { agent, hear, log, signal } = this.#deps
    // One that has gone is told by the read itself.
    const size = (await lstat(path).catch(() => undefined))?.size
    if (size === one.size || signal.aborted || agent.isEnded) return
    const told: Observation[] = []
    try {
      await one.tail.read((event) => {
        if (event.type === 'line') told.push(...logs.read(event.text, Date.now()))
      }, signal)
      one.size = size ?? -1
    } catch (error) {
      if (!(error instanceof TranscriptError)) throw error
      log.debug({ agent: agent.id, why: error.code }, 'the log of a subagent is not read')
      this.#pass(path)
    }
    const news = told.flatMap((observation) => ofSubagent(one, observation))
    for (const { facts } of news) one.isOver = isOverAfter(facts?.subagent, one.isOver)
    if (news.length > 0) hear(news)
  }
}

function isOverAfter(news: SubagentNews | undefined, before: boolean): boolean {
  return news?.running === undefined ? before : !news.running
}

/** What its log says, told of the subagent and not of its parent; nothing where it is no news. */
function ofSubagent({ id, title }: Followed, observation: Observation): Observation[] {
  const { says: _, facts, ...evidence } = observation
  const news = { ...newsOf(observation), ...facts?.subagent }
  if (Object.keys(news).length === 0) return []
  const chosen = title === undefined ? {} : { title, titleIsChosen: true }
  return [{ ...evidence, facts: { subagent: { ...news, ...chosen, id } } }]
}
