import type { PushTargetRow } from '../../db/push.ts'
import { OutboundError, type OutboundRequest, postOut } from '../lib/outbound.ts'
import type { PushFaultReason, PushMessage } from '../protocol.ts'
import type { PushKeys } from './push-keys.ts'
import type { PushNotice } from './push-text.ts'

/** How one notice goes out, and what its answer means. */

/** Whoever takes it has so long to answer (milliseconds). */
const DEADLINE_MS = 10_000
/** A push service keeps it so long for a phone that is away (seconds): then it is an old story. */
const KEEP_SECONDS = 3_600
/**
 * Whom a push service may write to. There is nobody but the user, whose name is no business of its;
 * this one leads nowhere by RFC 2606, and Apple refuses `localhost`.
 */
const CONTACT = 'mailto:dogwatch@example.com'

export interface PushSendOptions {
  keys: PushKeys
  signal: AbortSignal
  /** For tests: how long an answer may take, and origins of theirs. */
  deadlineMs?: number | undefined
  trusted?: readonly string[] | undefined
}

/** `retryAfterMs`: how long we were asked to wait. */
export type PushOutcome =
  | { sent: true }
  | { sent: false; reason: PushFaultReason; message: string; retryAfterMs?: number }

/** Sends a notice to a place, once. Never rejects. */
export async function sendNotice(
  target: PushTargetRow,
  notice: PushNotice,
  { keys, signal, deadlineMs = DEADLINE_MS, trusted = [] }: PushSendOptions,
): Promise<PushOutcome> {
  try {
    const request = await pushRequest(target, notice, keys)
    const answer = await postOut({ ...request, deadlineMs, signal, trusted })
    return outcomeOf(answer.status, answer.retryAfterMs)
  } catch (error) {
    if (error instanceof OutboundError) {
      return { sent: false, reason: error.code, message: error.message }
    }
    // The keys of a browser were looked at before; what else can be wrong with them is theirs.
    return { sent: false, reason: 'refused', message: 'It cannot be encrypted for that browser.' }
  }
}

/** What is posted: to a browser encrypted for it alone, to an address names and reasons. */
export async function pushRequest(
  target: PushTargetRow,
  notice: PushNotice,
  keys: PushKeys,
): Promise<Pick<OutboundRequest, 'url' | 'headers' | 'body'>> {
  const { endpoint, p256dh, auth } = target
  if (p256dh === null || auth === null) {
    const headers = { 'Content-Type': 'text/plain; charset=utf-8' }
    return { url: endpoint, headers, body: notice.plain }
  }
  const { tag, title, body, path } = notice
  const { default: webPush } = await import('web-push')
  const made = webPush.generateRequestDetails(
    { endpoint, keys: { p256dh, auth } },
    JSON.stringify({ tag, title, body, path } satisfies PushMessage),
    {
      vapidDetails: { subject: CONTACT, ...keys },
      TTL: KEEP_SECONDS,
      urgency: notice.isUrgent ? 'high' : 'normal',
      // A newer one takes the place of one that waits there: at most 32 characters of base64url.
      topic: tag.replaceAll(/[^\w-]|-/g, '').slice(0, 32),
    },
  )
  const headers = made.headers as Record<string, string | number>
  return { url: endpoint, headers, body: made.body }
}

function outcomeOf(status: number, retryAfterMs?: number): PushOutcome {
  if (status >= 200 && status < 300) return { sent: true }
  const failed = (reason: PushFaultReason, message: string): PushOutcome => ({
    ...{ sent: false, reason, message: `${message} (${status}).` },
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  })
  if (status === 404 || status === 410) return failed('gone', 'It is not known there any more')
  if (status === 413) return failed('too-large', 'It was too long')
  if (status === 429) return failed('too-many', 'It was one too many; we are to wait')
  if (status >= 500) return failed('broken', 'It failed there')
  return failed('refused', 'It was refused')
}
