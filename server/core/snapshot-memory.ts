import type { Database } from '../../db/open.ts'
import type { Reader } from '../../db/reader.ts'
import type { Writer } from '../../db/writer.ts'
import { systemClock } from '../lib/clock.ts'
import type { Log } from '../log.ts'
import type { Settings } from '../protocol.ts'
import type { Agents } from './agents.ts'
import type { Registry } from './registry.ts'
import { SnapshotKeeper } from './snapshot-keeper.ts'
import { subjectOf } from './snapshot-subject.ts'
import { SnapshotTexts } from './snapshot-texts.ts'
import { Snapshots } from './snapshots.ts'

/** The memory of terminals as the program has it: what takes it in, and what keeps it within bounds. */
export function makeSnapshotMemory(deps: {
  registry: Registry
  agents: Agents
  db: Database
  reader: Reader
  writer: Writer
  settings: () => Settings
  log: Log
  signal: AbortSignal
}): { snapshots: Snapshots; keeper: SnapshotKeeper } {
  const subject = (agent: string) => subjectOf(deps.agents, agent)
  const texts = new SnapshotTexts(deps.registry)
  return {
    snapshots: new Snapshots({ ...deps, subject, texts, clock: systemClock }),
    keeper: new SnapshotKeeper({ ...deps, clock: systemClock }),
  }
}
