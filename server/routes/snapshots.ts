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
    const row = getSnapshot(db, { agent, number: numberIn(id, 'the id of a snapshot') })
    if (row) return row
    throw new Failure('not-found', 'This snapshot is not kept, or no longer.')
  }
  return new Hono<Env>()
    .get('/api/agents/:id/snapshots', (c) => {
      const before = optionalNumber(c.req.query('before'), 'before')
      const generation = optionalNumber(c.req.query('generation'), 'generation')
      const limit = optionalNumber(c.req.query('limit'), 'limit') ?? PAGE
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
      const generation = numberIn(c.req.param('generation'), 'the generation of a turn')
      const answer = await readTurnText(db, c.req.param('id'), generation)
      if (!answer) throw new Failure('not-found', 'Nothing is kept of what this turn showed.')
      return c.json(answer satisfies TurnTextResponse)
    })
}

function optionalNumber(text: string | undefined, name: string): number | undefined {
  return text === undefined ? undefined : numberIn(text, `"${name}"`)
}

function numberIn(text: string, what: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new Failure('bad-request', `${what} must be a whole number.`)
}
