import {
  listOpenAttention,
  listSettledAttention,
  pruneAttention,
  saveAttention,
} from '../../db/attention.ts'
import { LatestWriter } from '../../db/latest-writer.ts'
import type { Database } from '../../db/open.ts'
import type { Writer } from '../../db/writer.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../log.ts'
import { AttentionKeeper } from './attention-keeper.ts'
import { type Episode, episodeOf, episodeRow, settledBy } from './episode.ts'
import type { Registry } from './registry.ts'

/** Needs that ended are kept so long for an agent's history (milliseconds): 90 days. */
const KEEP_MS = 7_776_000_000
/** They are few, and each is what a person counts on: only those of one moment go together. */
const GATHER_MS = 0

export interface AttentionStartDeps {
  db: Database
  writer: Writer
  registry: Registry
  clock: Clock
  /** Whether of one reason the newest comes first. */
  newestFirst: () => boolean
  log: Log
  signal: AbortSignal
}

/** The keeper with all that earlier starts left. It follows nobody before its `start`. */
export function takeUpAttention(deps: AttentionStartDeps): AttentionKeeper {
  const { db, writer, registry, clock, newestFirst, log, signal } = deps
  const open = listOpenAttention(db).map(episodeOf)
  const settled = settledBy(listSettledAttention(db))
  writer
    .write((tx) => pruneAttention(tx, clock.now() - KEEP_MS))
    .catch((error: unknown) => log.warn({ error }, 'old needs were not forgotten'))
  const journal = new LatestWriter<Episode>({
    ...{ writer, log, signal, what: 'who needs you', gatherMs: GATHER_MS },
    keyOf: ({ id }) => id,
    save: (tx, episodes) => saveAttention(tx, episodes.map(episodeRow)),
  })
  return new AttentionKeeper({ registry, journal, clock, open, settled, newestFirst, signal })
}
