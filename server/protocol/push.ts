/** Why a notice did not arrive. */
export const PUSH_FAULTS = [
  'refused',
  'gone',
  'too-large',
  'too-many',
  'broken',
  'timeout',
  'unreachable',
] as const
/**
 * `refused`: whoever takes it does not want it from us; `gone`: the push service knows the browser
 * no more; `too-many`: we are to wait; `broken`: it failed there.
 */
export type PushFaultReason = (typeof PUSH_FAULTS)[number]

export interface PushFault {
  reason: PushFaultReason
  /** A sentence for people. */
  message: string
  /** Epoch milliseconds since when nothing arrives. */
  since: number
}

/** A place that notices are sent to. Its whole address is a secret, and stays with the server. */
export interface PushTargetView {
  /** Name of the push service, or of the host of the address. */
  host: string
  /** Epoch milliseconds since when it is on. */
  since: number
  /** When the last notice was taken there; absent where none was since our start. */
  sentAt?: number
  fault?: PushFault
}

/** `GET /api/push`, and the answer of every change. */
export interface PushResponse {
  /** What a browser asks its push service with: our public key (base64url of 65 bytes). */
  publicKey: string
  /** The device that asks; absent where it gets none. */
  device?: PushTargetView
  /** Why it gets none any more: its push service has ended that. Until it is switched on anew. */
  ended?: PushFault
  /** The address that every notice is posted to, too. */
  webhook?: PushTargetView
}

/** `PUT /api/push/subscription`: what a browser got from its push service. */
export interface PushSubscriptionRequest {
  /** https, a public host name, at most 2,048 characters. */
  endpoint: string
  /** base64url: a point of P-256 (65 bytes), and 16 bytes. */
  keys: { p256dh: string; auth: string }
}

/** `PUT /api/push/webhook`: https and a public host name, as of a push service. */
export interface PushWebhookRequest {
  url: string
}

/** `POST /api/push/test` (to the device that asks) and `.../webhook/test`: one notice at once. */
export interface PushTestResponse {
  sent: boolean
  fault?: PushFault
}

/** What a browser's worker is pushed: encrypted for that browser alone. */
export interface PushMessage {
  /** A newer one of the same tag takes its place. */
  tag: string
  title: string
  body: string
  /** Where it leads: a path of ours. */
  path: string
}

/** How sending does, for the status: who does not get what is sent. */
export interface PushStatus {
  targets: number
  failing: (PushFault & { name: string; host: string })[]
}
