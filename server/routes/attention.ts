import { Hono } from 'hono'
import { hasAttention, listAttentionOf } from '../../db/attention.ts'
import type { Database } from '../../db/open.ts'
import type { AttentionKeeper } from '../core/attention-keeper.ts'
import { type JsonObject, readJson } from '../core/body.ts'
import type { Env } from '../core/caller.ts'
import { episodeHistory, episodeOf } from '../core/episode.ts'
import { Failure } from '../core/failure.ts'
import type { Registry } from '../core/registry.ts'
import type { AttentionActResponse, AttentionResponse, EpisodesResponse } from '../protocol.ts'

/** A snooze lasts at most so long (milliseconds): thirty days. */
const MAX_SNOOZE_MS = 2_592_000_000

export interface AttentionRouteDeps {
  registry: Registry
  attention: AttentionKeeper
  db: Database
}

/** Who needs the user, and what people do about it. Each act may be sent again. */
export function attentionRoutes(deps: AttentionRouteDeps) {
  const { registry, attention, db } = deps
  /** Answers when the act is on the disk. What ended before an act came is no failure. */
  const settled = async (id: string, open: boolean) => {
    await attention.written()
    if (!open && !attention.isWaiting(id) && !hasAttention(db, id))
      throw new Failure('not-found', 'There is no such need.')
    return { id, open }
  }

  return new Hono<Env>()
    .get('/api/attention', (c) =>
      c.json({
        epoch: registry.epoch,
        items: attention.items(),
        repositories: attention.repositories(),
      } satisfies AttentionResponse),
    )
    .get('/api/agents/:id/attention', async (c) => {
      const id = c.req.param('id')
      await attention.written()
      const now = Date.now()
      const episodes = listAttentionOf(db, id).map((row) => episodeHistory(episodeOf(row), now))
      if (episodes.length === 0 && !registry.agent(id)) {
        throw new Failure('not-found', 'This agent is not known here.')
      }
      return c.json({ episodes } satisfies EpisodesResponse)
    })
    .post('/api/attention/:id/seen', async (c) => {
      const id = c.req.param('id')
      const open = attention.seen(id, c.get('device').name)
      return c.json((await settled(id, open)) satisfies AttentionActResponse)
    })
    .post('/api/attention/:id/snooze', async (c) => {
      const id = c.req.param('id')
      const until = snoozeEnd(await readJson(c))
      const open = attention.snooze(id, until, c.get('device').name)
      return c.json((await settled(id, open)) satisfies AttentionActResponse)
    })
    .post('/api/attention/:id/dismiss', async (c) => {
      const id = c.req.param('id')
      attention.dismiss(id, c.get('device').name)
      return c.json((await settled(id, false)) satisfies AttentionActResponse)
    })
}

function snoozeEnd({ until }: JsonObject): number {
  const now = Date.now()
  const isTime = typeof until === 'number' && Number.isSafeInteger(until)
  if (isTime && (until === 0 || (until > now && until <= now + MAX_SNOOZE_MS))) return until
  throw new Failure('bad-request', '"until" must be a time within the next 30 days, or 0.')
}
