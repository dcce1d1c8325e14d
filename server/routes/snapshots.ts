import { Hono } from 'hono'
import type { Database } from '../../db/open.ts'
import { getSnapshot, listSnapshots, type SnapshotRow } from '../../db/snapshots.ts'
import type { Env } from '../core/caller.ts'
import { Failure } from '../core/failure.ts'
import {
  compareSnapshots,
  readSnapshot,
  readTurnText,
  snapshotView,
} from '../core/snapshot-reading.ts'
import { wholeNumber } from '../core/whole-number.ts'
import type {
  SnapshotDiffResponse,
  SnapshotResponse,
  SnapshotsResponse,
  TurnTextResponse,
} from '../protocol.ts'

/** Snapshots of one answer. */
const PAGE = 200

/** What terminals showed: the list, one, the difference between two, and a turn as one text. */
export function snapshotRoutes({ db }: { db: Database }) {
  const find = (agent: string, id: string): SnapshotRow => {
    const row = getSnapshot(db, { agent, number: wholeNumber(id, 'id of a snapshot') })
    if (row) return row
    throw new Failure('not-found', 'This snapshot is not kept, or no longer.')
  }
  return new Hono<Env>()
    .get('/api/agents/:id/snapshots', (c) => {
      const before = wholeNumber(c.req.query('before'), 'before')
      const generation = wholeNumber(c.req.query('generation'), 'generation')
      const limit = wholeNumber(c.req.query('limit'), 'limit') ?? PAGE
      const rows = listSnapshots(db, c.req.param('id'), {
        limit: Math.min(limit, PAGE),
        ...(before === undefined ? {} : { before }),
        ...(generation === undefined ? {} : { generation }),
      })
      return c.json({ snapshots: rows.map(snapshotView) } satisfies SnapshotsResponse)
    })
    .get('/api/agents/:id/snapshots/:snapshot', async (c) => {
      const answer = await readSnapshot(find(c.req.param('id'), c.req.param('snapshot')))
      return c.json(answer satisfies SnapshotResponse)
    })
    .get('/api/agents/:id/snapshots/:snapshot/diff', async (c) => {
      const agent = c.req.param('id')
      const from = find(agent, c.req.param('snapshot'))
      const to = find(agent, c.req.query('to') ?? '')
      const changes = await compareSnapshots(from, to)
      const answer = { from: snapshotView(from), to: snapshotView(to), changes }
      return c.json(answer satisfies SnapshotDiffResponse)
    })
    .get('/api/agents/:id/turns/:generation/text', async (c) => {
      const generation = wholeNumber(c.req.param('generation'), 'generation')
      const answer = await readTurnText(db, c.req.param('id'), generation)
      if (!answer) throw new Failure('not-found', 'Nothing is kept of what this turn showed.')
      return c.json(answer satisfies TurnTextResponse)
    })
}
