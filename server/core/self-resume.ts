import type { TmuxRunRow } from '../../db/tmux-runs.ts'
import { coalesce, delay } from '../lib/time.ts'
import type { Log } from '../log.ts'
import type { Layouts } from './layouts.ts'
import type { Recovery } from './recovery.ts'
import type { Registry } from './registry.ts'

/** Changes are looked at together this often (milliseconds). */
const LOOK_MS = 2_000
/** A plugin that brings sessions back fills them for so long after they are there (milliseconds). */
const PLUGIN_MS = 5_000
/** What died longer ago is left to a person (milliseconds): 7 days. */
const FRESH_MS = 604_800_000

export interface SelfResumeDeps {
  registry: Registry
  layouts: Layouts
  recovery: Recovery
  /** Whether the user wants this now. */
  isWanted: () => boolean
  log: Log
  signal: AbortSignal
}

/**
 * Brings back, where the user has set so, what died: the newest lost run of each tmux server, once.
 * What was lost while it was not wanted stays for the recovery page, whatever is set later. Starts
 * when it is known which agents live.
 */
export function followLosses(deps: SelfResumeDeps): void {
  const { registry, layouts, isWanted, log, signal } = deps
  const decided = new Set<string>()
  const look = () => {
    for (const run of newestOfEach(layouts.lost())) {
      if (run.resumedAt !== null || decided.has(run.id)) continue
      const isFresh = Date.now() - run.seenAt < FRESH_MS
      const isComing = isWanted() && isFresh
      if (isComing && !isReady(registry, run)) continue
      decided.add(run.id)
      // On the disk before the act: a crash in the middle of it must not repeat it for ever.
      const noted = layouts.noteResumed(run.id)
      const done = isComing ? noted.then(() => bringBack(deps, run)) : noted
      done.catch((error: unknown) =>
        log.error({ error, run: run.id }, 'what died was not brought back'),
      )
    }
  }
  const lookSoon = coalesce(LOOK_MS, look, signal)
  registry.frames.on(({ type }) => {
    if (type === 'server' || type === 'session' || type === 'session-gone') lookSoon()
  }, signal)
  lookSoon()
}

async function bringBack({ recovery, log, signal }: SelfResumeDeps, run: TmuxRunRow) {
  if (run.restoredBy) await delay(PLUGIN_MS, signal)
  if (signal.aborted) return
  const { sessions, agents } = await recovery.rebuild(run.id, { run: true })
  const created = sessions.filter((session) => session.created).length
  log.info({ run: run.id, created, agents: agents.length }, 'brought back by itself')
}

/** Where a plugin rebuilds the sessions, its work is waited for. */
function isReady(registry: Registry, { restoredBy, server, sessions }: TmuxRunRow): boolean {
  if (!restoredBy) return true
  const present = new Set(
    registry.sessions().flatMap((view) => (view.server === server ? [view.name] : [])),
  )
  return sessions.every(({ name }) => present.has(name))
}

/** `runs` come newest first. */
function newestOfEach(runs: readonly TmuxRunRow[]): TmuxRunRow[] {
  return runs.filter(({ server }, at) => runs.findIndex((other) => other.server === server) === at)
}
