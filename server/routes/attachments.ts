import { Hono } from 'hono'
import type { Attachments } from '../core/attachments.ts'
import type { Env } from '../core/caller.ts'
import { Failure } from '../core/failure.ts'
import type { AttachmentResponse } from '../protocol.ts'

/** A phone on a poor line takes so long for the largest file (milliseconds). */
const ARRIVES_WITHIN_MS = 900_000
const NAME_LENGTH = 1_000

/** What the listener lets this route ask for. */
interface SlowBody {
  waitForBody?: (ms: number) => void
}

/** A file from the device, for an agent to read. */
export function attachmentRoutes({ attachments }: { attachments: Attachments }) {
  return new Hono<Env & { Bindings: SlowBody }>().post('/api/attachments', async (c) => {
    const name = c.req.query('name') ?? ''
    if (name.length > NAME_LENGTH) throw new Failure('bad-request', 'The name is too long.')
    const length = Number(c.req.header('content-length'))
    c.env.waitForBody?.(ARRIVES_WITHIN_MS)
    const kept = await attachments.keep({
      name,
      type: c.req.header('content-type') ?? '',
      body: c.req.raw.body,
      announced: Number.isFinite(length) ? length : undefined,
    })
    return c.json(kept satisfies AttachmentResponse)
  })
}
