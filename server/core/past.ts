import type { Database } from '../../db/open.ts'
import type { Writer } from '../../db/writer.ts'
import type { Log } from '../log.ts'
import type { TmuxServer } from '../tmux/server.ts'
import { AgentStore } from './agent-store.ts'
import type { Agents } from './agents.ts'
import type { Batches } from './batches.ts'
import { Layouts } from './layouts.ts'
import { readGuard } from './login-facts.ts'
import { Recovery } from './recovery.ts'
import type { Registry } from './registry.ts'
import { Resumes } from './resumes.ts'
import { followLosses } from './self-resume.ts'
import type { TurnJournal } from './turn-journal.ts'

export interface PastDeps {
  db: Database
  journal: TurnJournal
  writer: Writer
  registry: Registry
  agents: Agents
  batches: Batches
  /** Whether something still needs the user at an agent. */
  isNeeded: (agent: string) => boolean
  /** Whether agents start again by themselves after tmux or the machine died. */
  resumesByItself: () => boolean
  log: Log
  signal: AbortSignal
}

/** What outlives agents and tmux servers, and the way back from it, wired together. */
export interface Past {
  store: AgentStore
  recovery: Recovery
  /** Remembers what stands in this tmux server from now on. */
  add(server: TmuxServer): void
  /** It is known now which agents live. */
  begin(): void
  /** Hands what is not written yet to the writer. */
  flush(): void
}

/** Loads what was kept; rows of agents that are known from before are in the registry after this. */
export function openPast({
  isNeeded,
  resumesByItself,
  agents,
  batches,
  journal,
  ...common
}: PastDeps): Past {
  const { db, registry, log, signal } = common
  const servers: TmuxServer[] = []
  const store = new AgentStore({ ...common, agents, isNeeded })
  const lastEnd = (run: string) =>
    store.rows().reduce<number | undefined>((last, row) => {
      const end = row.run === run ? row.endedAt : null
      return end !== null && end > (last ?? 0) ? end : last
    }, undefined)
  const layouts = new Layouts({ ...common, lastEnd })
  const resumes = new Resumes({ registry, log, signal })
  const guard = () =>
    readGuard(
      servers.flatMap(({ tree }) => {
        const pid = tree?.identity.pid ?? 0
        return pid > 0 ? [pid] : []
      }),
    )
  let known = () => {}
  const ready = new Promise<void>((resolve) => {
    known = resolve
  })
  const parts = { db, journal, registry, store, layouts, resumes, batches }
  const recovery = new Recovery({ ...parts, guard, ready, log, signal })
  return {
    store,
    recovery,
    begin() {
      known()
      followLosses({ registry, layouts, recovery, isWanted: resumesByItself, log, signal })
    },
    add(server) {
      servers.push(server)
      layouts.add(server)
    },
    flush() {
      store.flush()
      layouts.flush()
    },
  }
}
