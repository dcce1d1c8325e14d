import { ECDH } from 'node:crypto'
import { Hono } from 'hono'
import { type JsonObject, readJson, requiredText } from '../core/body.ts'
import type { Env } from '../core/caller.ts'
import { Failure } from '../core/failure.ts'
import { isBytes } from '../core/push-keys.ts'
import type { PushTargets } from '../core/push-targets.ts'
import { addressFault } from '../lib/public-address.ts'
import type { PushResponse, PushSubscriptionRequest, PushTestResponse } from '../protocol.ts'

/** Addresses of push services have some hundred characters. */
const MAX_ADDRESS = 2_048

export interface PushRouteDeps {
  push: PushTargets
  /** Origins that may be sent to although they are not public; for tests. */
  trustedOrigins: readonly string[]
}

/** Where notices are sent: each device decides for its own browser. */
export function pushRoutes({ push, trustedOrigins }: PushRouteDeps) {
  const address = (body: JsonObject, field: string): string => {
    const text = requiredText(body, field, MAX_ADDRESS)
    const isTrusted = URL.canParse(text) && trustedOrigins.includes(new URL(text).origin)
    const fault = isTrusted ? undefined : addressFault(text)
    if (fault) throw new Failure('bad-request', fault)
    return text
  }
  return new Hono<Env>()
    .get('/api/push', async (c) =>
      c.json((await push.view(c.get('device').id)) satisfies PushResponse),
    )
    .put('/api/push/subscription', async (c) => {
      const { id } = c.get('device')
      const body = await readJson(c)
      await push.subscribe(id, { endpoint: address(body, 'endpoint'), keys: browserKeys(body) })
      return c.json((await push.view(id)) satisfies PushResponse)
    })
    .delete('/api/push/subscription', async (c) => {
      const { id } = c.get('device')
      await push.unsubscribe(id)
      return c.json((await push.view(id)) satisfies PushResponse)
    })
    .put('/api/push/webhook', async (c) => {
      await push.setWebhook(address(await readJson(c), 'url'))
      return c.json((await push.view(c.get('device').id)) satisfies PushResponse)
    })
    .delete('/api/push/webhook', async (c) => {
      await push.removeWebhook()
      return c.json((await push.view(c.get('device').id)) satisfies PushResponse)
    })
    .post('/api/push/test', async (c) => {
      await readJson(c)
      return c.json((await push.test(c.get('device').id)) satisfies PushTestResponse)
    })
    .post('/api/push/webhook/test', async (c) => {
      await readJson(c)
      return c.json((await push.test()) satisfies PushTestResponse)
    })
}

function browserKeys({ keys }: JsonObject): PushSubscriptionRequest['keys'] {
  const { p256dh, auth } = (typeof keys === 'object' && keys !== null ? keys : {}) as JsonObject
  if (isBytes(p256dh, 65) && isBytes(auth, 16) && isPoint(p256dh)) return { p256dh, auth }
  throw new Failure('bad-request', '"keys" must be those of a browser: "p256dh" and "auth".')
}

/** Whether the key lies on the curve: with any other one nothing can be encrypted. */
function isPoint(key: string): boolean {
  try {
    ECDH.convertKey(key, 'prime256v1', 'base64url')
    return true
  } catch {
    // That is the answer.
    return false
  }
}
