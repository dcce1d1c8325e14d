import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { applyOnce, forgetApplied, listApplied } from '../../db/applied-hooks.ts'
import type { Database } from '../../db/open.ts'
import { readSpool } from '../agents/spool.ts'
import type { SpooledHook } from '../agents/spool-file.ts'
import { readRow } from '../lib/proc.ts'
import type { Log } from '../log.ts'
import type { Agents, LiveAgent } from './agents.ts'
import type { TurnJournal } from './turn-journal.ts'

/** Shells and wrappers between an agent and its hook. */
const ANCESTORS = 8

export interface HookDeps {
  agents: Agents
  db: Database
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
  forgetApplied(
    db,
    applied.filter((id) => !waiting.has(id)),
  )
  await readSpool({
    folder,
    log,
    signal,
    handle: (event) => applyHook(deps, event),
    deleted: (ids) => forgetApplied(db, ids),
  })
}

/** Resolves when the event's effects are on the disk. */
async function applyHook(
  { agents, db, journal, log }: HookDeps,
  event: SpooledHook,
): Promise<void> {
  let live = ownerOf(agents, event)
  if (!live) {
    // It may have started since the last look.
    await agents.sweep()
    live = ownerOf(agents, event)
  }
  if (!live) {
    log.debug({ kind: event.kind, event: event.event }, 'a hook event of no agent that we know')
    return
  }
  const owner = live
  const observations = owner.agent.adapter.fromHook?.(event) ?? []
  if (event.droppedBefore > 0) {
    log.warn({ agent: owner.agent.id, dropped: event.droppedBefore }, 'hook events were dropped')
  }
  applyOnce(db, event.id, (tx) => {
    agents.hear(owner, observations)
    journal.saveInto(tx)
  })
  if (observations.some(({ facts }) => facts?.conversation || facts?.transcript)) {
    owner.sources.lookAgain()
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
