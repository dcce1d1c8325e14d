import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { forgetApplied, listApplied, noteApplied } from '../../db/applied-hooks.ts'
import type { Database } from '../../db/open.ts'
import type { Writer } from '../../db/writer.ts'
import { readSpool } from '../agents/spool.ts'
import type { SpooledHook } from '../agents/spool-file.ts'
import { readRow } from '../lib/proc.ts'
import type { Log } from '../log.ts'
import type { Agents, LiveAgent } from './agents.ts'
import type { TurnJournal } from './turn-journal.ts'

/** Shells and wrappers between an agent and its hook. */
const ANCESTORS = 8

/** An agent that started since the last look is looked for at most this often (milliseconds). */
const LOOK_MS = 1_000

export interface HookDeps {
  agents: Agents
  db: Database
  writer: Writer
  journal: TurnJournal
  dataDir: string
  log: Log
  signal: AbortSignal
}

/** Applies what hooks leave in the spool, each once, until the signal aborts. */
export async function followHooks(deps: HookDeps): Promise<void> {
  const { db, dataDir, log, signal } = deps
  const folder = join(dataDir, 'spool')
  const waiting = new Set(await readdir(join(folder, 'new')).catch(() => []))
  const applied = listApplied(db)
  const hooks = new AppliedHooks(
    deps,
    applied,
    applied.filter((id) => !waiting.has(id)),
  )
  await readSpool({
    folder,
    log,
    signal,
    handle: (events) => hooks.apply(events),
    deleted: (ids) => hooks.forget(ids),
  })
}

/** Which events were heard, and which of them are on the disk with what they changed. */
class AppliedHooks {
  readonly #deps: HookDeps
  /** Events whose effects are in the database or, while that refuses, in memory alone. */
  readonly #heard: Set<string>
  readonly #unkept = new Set<string>()
  /** Noted in the database although their files are gone. */
  #forgotten: string[]
  #lookedAt = Number.NEGATIVE_INFINITY

  constructor(deps: HookDeps, applied: readonly string[], forgotten: readonly string[]) {
    this.#deps = deps
    this.#heard = new Set(applied)
    this.#forgotten = [...forgotten]
  }

  /** Resolves when the effects of these events are on the disk: one sync for all of them. */
  async apply(events: readonly SpooledHook[]): Promise<void> {
    const { writer, journal } = this.#deps
    const news = events.filter(({ id }) => !this.#heard.has(id))
    await this.#lookFor(news)
    // Heard and handed to the writer without a pause: no turn may reach the disk before the note
    // that says which events it is made of.
    for (const event of news) {
      this.#heard.add(event.id)
      if (this.#hear(event)) this.#unkept.add(event.id)
    }
    const ids = events.flatMap(({ id }) => (this.#unkept.has(id) ? [id] : []))
    if (ids.length === 0) return
    const forgotten = this.#forgotten
    this.#forgotten = []
    try {
      await writer.write((tx) => {
        forgetApplied(tx, forgotten)
        noteApplied(tx, ids)
        journal.saveInto(tx)
      })
    } catch (error) {
      this.#forgotten.push(...forgotten)
      throw error
    }
    for (const id of ids) this.#unkept.delete(id)
  }

  /** The files are gone: what was noted of them goes with the next events, or at the next start. */
  forget(ids: readonly string[]): void {
    for (const id of ids) this.#heard.delete(id)
    this.#forgotten.push(...ids)
  }

  /** False where nobody is changed by it. */
  #hear(event: SpooledHook): boolean {
    const { agents, log } = this.#deps
    const { kind, event: name, droppedBefore } = event
    const owner = ownerOf(agents, event)
    if (!owner) {
      log.debug({ kind, event: name }, 'a hook event of no agent that we know')
      return false
    }
    const agent = owner.agent.id
    if (droppedBefore > 0) log.warn({ agent, dropped: droppedBefore }, 'hook events were dropped')
    try {
      const observations = owner.agent.adapter.fromHook?.(event) ?? []
      owner.sources.reported()
      agents.hear(owner, observations)
      const names = observations.some(({ facts }) => facts?.conversation || facts?.transcript)
      if (names) owner.sources.lookAgain()
    } catch (error) {
      // One odd event must neither hold up those behind it nor come again for ever.
      log.error({ error, agent, event: name }, 'a hook event could not be read')
    }
    return true
  }

  /** Whose agent may have started since the last look is looked for. */
  async #lookFor(events: readonly SpooledHook[]): Promise<void> {
    const { agents } = this.#deps
    const isMissed = events.some(
      (event) => event.pane !== '' && readRow(event.pid) && !ownerOf(agents, event),
    )
    const now = performance.now()
    if (!isMissed || now - this.#lookedAt < LOOK_MS) return
    this.#lookedAt = now
    await agents.sweep()
  }
}

/**
 * The agent that an event came from: the one whose process called the hook, directly or through a
 * shell; else the one of its kind in the pane. The id of the conversation alone binds nothing: at a
 * first start it may be empty, and a resumed one has been another process's before.
 */
export function ownerOf(agents: Agents, event: SpooledHook): LiveAgent | undefined {
  const all = agents.all().filter(({ agent }) => agent.adapter.kind === event.kind)
  const callers = ancestorsOf(event.pid)
  const caller = all.find(({ agent }) => !agent.isEnded && callers.has(agent.process.pid))
  if (caller) return caller
  const inPane = all.filter(
    ({ agent, place, server }) =>
      place.pane.id === event.pane &&
      isServerOf(server, event.tmux) &&
      agent.startedAt <= event.at + 1_000 &&
      event.at <= (agent.state.endedAt ?? Number.POSITIVE_INFINITY) + 1_000,
  )
  const called = inPane.find(({ agent }) => agent.process.pid === event.pid)
  return called ?? inPane.sort((a, b) => b.agent.startedAt - a.agent.startedAt)[0]
}

function ancestorsOf(pid: number): ReadonlySet<number> {
  const found = new Set<number>()
  for (let at = pid; at > 1 && found.size < ANCESTORS && !found.has(at); ) {
    found.add(at)
    at = readRow(at)?.parent ?? 0
  }
  return found
}

/** `TMUX` is `socket,pid,session`; a path may be spelled in two ways, the pid is only one. */
function isServerOf(server: LiveAgent['server'], tmux: string): boolean {
  const [socket = '', pid] = tmux.split(/,(?=\d+,)/)
  if (pid !== undefined && server.tree) return server.tree.identity.pid === Number.parseInt(pid, 10)
  return basename(socket) === basename(server.socketPath)
}
