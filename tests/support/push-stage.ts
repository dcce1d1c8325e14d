import { resolve } from 'node:path'
import type { PushOptions } from '../../server/core/push-parts.ts'
import type {
  PairTicketResponse,
  PushResponse,
  PushTestResponse,
  StatusResponse,
} from '../../server/protocol.ts'
import { serveHere } from './in-process.ts'
import { PushBrowser, type PushService } from './push-service.ts'

/**
 * A server that may also post to a push service of the test, and a paired device that may look.
 * `words`: all that it logs.
 */
export async function openPushStage(
  service: PushService,
  tuning: PushOptions = {},
  args: readonly string[] = [],
) {
  const words: string[] = []
  const keep = (fields: object, message: string) => {
    const error = 'error' in fields ? `${fields.error instanceof Error && fields.error.stack}` : ''
    words.push(JSON.stringify(fields), error, message)
  }
  const log = { debug: keep, info: keep, warn: keep, error: keep, child: () => log }
  const push = { trusted: [service.origin], retryMs: [20, 20, 20], ...tuning }
  const web = resolve(import.meta.dirname, '../../dist/web')
  const here = await serveHere(args, { push, web, log })
  const pair = async (name: string, scope = 'full') => {
    const made = await here.api(here.localToken).post<PairTicketResponse>('/api/tickets', { scope })
    const { ticket } = made.json
    const paired = await here.api().post<{ token: string }>('/api/pair', { ticket, name })
    return paired.json.token
  }
  const token = await pair('phone', 'watch')
  const api = here.api(token)
  const browser = new PushBrowser(`${service.origin}/phone-secret`)
  return {
    ...{ here, api, token, browser, words, pair },
    view: async () => (await api.get<PushResponse>('/api/push')).json,
    switchOn: () => api.send('PUT', '/api/push/subscription', browser.subscription),
    tryIt: async () => (await api.post<PushTestResponse>('/api/push/test')).json,
    status: async () => (await api.get<StatusResponse>('/api/status')).json.push,
    [Symbol.asyncDispose]: () => here[Symbol.asyncDispose](),
  }
}
