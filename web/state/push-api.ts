import type {
  PushResponse,
  PushSubscriptionRequest,
  PushTestResponse,
  PushWebhookRequest,
} from '../../server/protocol.ts'
import { request } from './api.ts'

/** Where the server sends notices. */

export function pushState(signal?: AbortSignal): Promise<PushResponse> {
  return request('GET', '/api/push', undefined, { signal })
}

/** To this browser from now on. */
export function putSubscription(body: PushSubscriptionRequest): Promise<PushResponse> {
  return request('PUT', '/api/push/subscription', body)
}

export function deleteSubscription(): Promise<PushResponse> {
  return request('DELETE', '/api/push/subscription', {})
}

/** One notice at once; answers when it arrived or did not. */
export function testPush(): Promise<PushTestResponse> {
  return request('POST', '/api/push/test', {})
}

export function putWebhook(body: PushWebhookRequest): Promise<PushResponse> {
  return request('PUT', '/api/push/webhook', body)
}

export function deleteWebhook(): Promise<PushResponse> {
  return request('DELETE', '/api/push/webhook', {})
}

export function testWebhook(): Promise<PushTestResponse> {
  return request('POST', '/api/push/webhook/test', {})
}
