import { lstatSync } from 'node:fs'
import Sqlite from 'better-sqlite3'
import type { Observation, ObservedFacts, ProcessFacts } from './adapter.ts'
import { childOf, countOf, type Json, known, parseObject, plus, textOf } from './json.ts'
import { type Meaning, observe } from './meaning.ts'
import { newsOf } from './subagent-news.ts'
import { lastLine, promptFacts, titleOf, toolLine } from './words.ts'

/** Conversations of one folder that are looked at; the newest. */
const SESSIONS = 20
/** Parts of one message that are read, the newest; each at most so many characters. */
const PARTS = 20
const PART_CHARS = 100_000
/** Subagents of one conversation that are looked at, the newest. */
const CHILDREN = 50
/** One that wrote nothing for so long before we came is of the past. */
const QUIET_MS = 60_000
/** Clocks and files lag behind each other by up to so much (milliseconds). */
const LAG_MS = 2_000

/** A row of opencode's table `session` (1.18), as far as it is read. Times in epoch milliseconds. */
interface Session {
  id: string
  title: string
  model: string | null
  cost: number
  tokens_input: number
  tokens_output: number
  tokens_reasoning: number
  tokens_cache_read: number
  tokens_cache_write: number
}

interface Message {
  id: string
  time_created: number
  time_updated: number
  data: string
}

/** Whose conversation is looked for. */
export interface StoreReader {
  process: ProcessFacts
  /** Epoch milliseconds at which the process began, and when we saw it first. */
  startedAt: number
  seenAt: number
  /** The conversation where it is known, and the title that the pane shows. */
  conversation: string | undefined
  title: string
  /** Whether this agent may have a conversation; one belongs to one live agent at most. */
  claim: (conversation: string) => boolean
}

/**
 * What opencode keeps of its conversations in a database (SQLite, WAL mode). It is opened for
 * reading alone, for one short look after each change, and only while its owner has it open:
 * a reader then takes no lock that a writer waits for, and leaves no file behind.
 */
export class OpencodeStore {
  readonly #path: string
  #seen = ''
  /** Subagents that are over, and the last message of each. */
  readonly #over = new Map<string, string>()

  constructor(path: string) {
    this.#path = path
  }

  /** What it says of an agent; nothing where it did not change since, is locked, or not there. */
  read(reader: StoreReader, now: number): Observation[] {
    const state = `${stateOf(this.#path)} ${stateOf(`${this.#path}-wal`)} ${reader.title}`
    if (!stateOf(this.#path) || !stateOf(`${this.#path}-shm`) || state === this.#seen) return []
    let db: Sqlite.Database | undefined
    try {
      db = new Sqlite(this.#path, { readonly: true, fileMustExist: true, timeout: 0 })
      const told = readConversation(db, reader, now, this.#over)
      this.#seen = state
      return told
    } catch (error) {
      // Busy, of another version, or gone since: what it would have said, the screen says later.
      if (error instanceof Sqlite.SqliteError) return []
      throw error
    } finally {
      db?.close()
    }
  }
}

/** Changes with the file; empty where it is not a plain file of ours. */
function stateOf(path: string): string {
  const facts = lstatSync(path, { throwIfNoEntry: false })
  if (!facts?.isFile() || facts.uid !== process.getuid?.()) return ''
  return `${facts.ino} ${facts.size} ${facts.mtimeMs}`
}

function readConversation(
  db: Sqlite.Database,
  reader: StoreReader,
  now: number,
  over: Map<string, string>,
): Observation[] {
  const session = findSession(db, reader)
  if (!session || !reader.claim(session.id)) return []
  const messages = db
    .prepare(
      'SELECT id, time_created, time_updated, data FROM message WHERE session_id = ? ORDER BY time_created DESC, id DESC LIMIT 50',
    )
    .all(session.id) as Message[]
  const [newest] = messages
  const prompt = messages.find(({ data }) => roleOf(data) === 'user')
  const evidence = { source: 'transcript', confidence: 'medium' } as const
  const told = observe(
    { ...evidence, at: now, line: `session ${session.id}` },
    { facts: sessionFacts(session) },
  )
  told.push(...readChildren(db, session.id, reader, now, over))
  if (prompt) {
    const at = Math.min(prompt.time_created, now)
    // A prompt of a time that we did not see is no new turn.
    const isNew = at >= Math.max(reader.startedAt, reader.seenAt - LAG_MS)
    const says: Meaning = isNew ? { says: { type: 'prompted' } } : {}
    const facts = promptFacts(wordsIn(partsOf(db, prompt.id)))
    const { title: _, ...words } = facts
    told.push(...observe({ ...evidence, at, line: 'a prompt' }, { ...says, facts: words }))
  }
  if (!newest || newest === prompt) return told
  const { says, facts, line } = meaningOf(db, newest)
  // What an older run of the same conversation left undone is not what this one does.
  const at = Math.min(newest.time_updated, now)
  const meaning: Meaning = known({ says: at >= reader.startedAt ? says : undefined, facts })
  return [...told, ...observe({ ...evidence, at, line }, meaning)]
}

const COLUMNS =
  'id, title, model, cost, tokens_input, tokens_output, tokens_reasoning, tokens_cache_read, tokens_cache_write'

/** Conversations of subagents have a parent and are never the user's. */
function findSession(db: Sqlite.Database, reader: StoreReader): Session | undefined {
  const { startedAt, conversation, title } = reader
  const { cwd, argv } = reader.process
  const recent = db
    .prepare(
      `SELECT ${COLUMNS} FROM session WHERE directory = ? AND parent_id IS NULL AND time_updated >= ? ORDER BY time_updated DESC LIMIT ${SESSIONS}`,
    )
    .all(cwd, startedAt) as Session[]
  const shown = recent.filter((one) => titleOf(one.title) === title && title !== '')
  if (shown.length === 1) return shown[0]
  const id = conversation ?? resumedBy(argv)
  if (id !== undefined) {
    const sql = `SELECT ${COLUMNS} FROM session WHERE id = ? AND parent_id IS NULL`
    return db.prepare(sql).get(id) as Session | undefined
  }
  // Of two that fit nobody may guess.
  return recent.length === 1 ? recent[0] : undefined
}

/** What its subagents do: each has a conversation of its own, which names its parent. */
function readChildren(
  db: Sqlite.Database,
  parent: string,
  { seenAt }: StoreReader,
  now: number,
  over: Map<string, string>,
): Observation[] {
  const children = db
    .prepare(
      `SELECT id, title FROM session WHERE parent_id = ? ORDER BY time_created DESC LIMIT ${CHILDREN}`,
    )
    .all(parent) as Pick<Session, 'id' | 'title'>[]
  const newestOf = db.prepare(
    'SELECT id, time_created, time_updated, data FROM message WHERE session_id = ? ORDER BY time_created DESC, id DESC LIMIT 1',
  )
  for (const id of over.keys()) if (!children.some((child) => child.id === id)) over.delete(id)
  return children.reverse().flatMap(({ id, title }): Observation[] => {
    const newest = newestOf.get(id) as Message | undefined
    if (!newest || newest.time_updated < seenAt - QUIET_MS) return []
    const sign = `${newest.id} ${newest.time_updated}`
    if (over.get(id) === sign) return []
    const { line, ...meaning } = meaningOf(db, newest)
    const news = newsOf(meaning)
    if (news.running === false) over.set(id, sign)
    const subagent = known({
      id,
      title: titleOf(title),
      titleIsChosen: true,
      running: true,
      ...news,
    })
    const at = Math.min(newest.time_updated, now)
    return observe(
      { source: 'transcript', at, line, confidence: 'medium' },
      { facts: { subagent } },
    )
  })
}

function resumedBy(argv: readonly string[]): string | undefined {
  const at = argv.findIndex((word) => word === '--session' || word === '-s')
  return at < 0 ? undefined : argv[at + 1]
}

function sessionFacts(session: Session): ObservedFacts {
  const title = titleOf(session.title)
  const model = session.model === null ? undefined : parseObject(session.model)
  return known({
    conversation: session.id,
    ...(title === undefined ? {} : { title, titleIsChosen: true }),
    model: textOf(model?.modelID) ?? textOf(model?.id),
    usage: known({
      input: countOf(session.tokens_input),
      output: plus(countOf(session.tokens_output), countOf(session.tokens_reasoning)),
      cacheRead: countOf(session.tokens_cache_read),
      cacheWrite: countOf(session.tokens_cache_write),
      costUsd: countOf(session.cost),
    }),
    usageKind: 'total' as const,
  })
}

function roleOf(data: string): string | undefined {
  return textOf(parseObject(data)?.role)
}

function partsOf(db: Sqlite.Database, message: string): Json[] {
  const rows = db
    .prepare(
      `SELECT substr(data, 1, ${PART_CHARS}) AS data FROM part WHERE message_id = ? ORDER BY id DESC LIMIT ${PARTS}`,
    )
    .all(message) as { data: string }[]
  return rows.reverse().flatMap(({ data }): Json[] => {
    const part = parseObject(data)
    return part ? [part] : []
  })
}

function wordsIn(parts: readonly Json[]): string {
  const texts = parts.filter(({ type, synthetic }) => type === 'text' && synthetic !== true)
  return texts.map(({ text }) => textOf(text) ?? '').join('\n')
}

/** What the newest answer says: it goes on, or how it ended. */
function meaningOf(db: Sqlite.Database, { id, data }: Message): Meaning & { line: string } {
  const message = parseObject(data)
  if (message?.role !== 'assistant') return { line: 'a message' }
  const parts = partsOf(db, id)
  const running = parts.findLast((one) => childOf(one, 'state')?.status === 'running')
  const name = textOf(running?.tool)
  const tool = name === undefined ? '' : toolLine(name, childOf(running, 'state')?.input)
  const lastWords = lastLine(wordsIn(parts))
  const facts = known({ tool, lastWords: lastWords === '' ? undefined : lastWords })
  const error = childOf(message, 'error')
  if (error) {
    const isAborted = error.name === 'MessageAbortedError'
    return isAborted
      ? { says: { type: 'idle', end: 'interrupted' }, facts, line: 'an answer was interrupted' }
      : { says: { type: 'failed' }, facts, line: `an answer failed: ${textOf(error.name) ?? ''}` }
  }
  const isOver = countOf(childOf(message, 'time')?.completed) !== undefined
  return isOver && message.finish !== 'tool-calls'
    ? { says: { type: 'idle', end: 'done' }, facts, line: 'an answer is complete' }
    : { says: { type: 'working' }, facts, line: tool || 'an answer goes on' }
}
