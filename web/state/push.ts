import type { PushResponse } from '../../server/protocol.ts'
import { deleteSubscription, pushState, putSubscription } from './push-api.ts'
import { keepPushed, pushedTo } from './pushed-to.ts'
import { ownDevice } from './token.ts'
import { type WorkerState, worker, workerState } from './worker.ts'

/** Notices that reach this device also when no page is open, through its browser's push service. */

/** Why they cannot be had here; `blocked`: the person or the browser said no. */
export type PushObstacle = 'insecure' | 'no-worker' | 'no-push' | 'blocked'

const WORKER_OBSTACLES: Readonly<Partial<Record<WorkerState, PushObstacle>>> = {
  insecure: 'insecure',
  unsupported: 'no-worker',
  failed: 'no-worker',
}

/** What stands in the way now; undefined where nothing does, or it is not known yet. */
export function pushObstacle(): PushObstacle | undefined {
  const obstacle = WORKER_OBSTACLES[workerState()]
  if (obstacle) return obstacle
  if (!window.isSecureContext) return 'insecure'
  if (!('PushManager' in window) || !('Notification' in window)) return 'no-push'
  return Notification.permission === 'denied' ? 'blocked' : undefined
}

/** Switching it on did not work; the message is a sentence for people. */
export class PushError extends Error {
  override name = 'PushError'
}

/** Whether this browser has what the server sends to. */
export async function hasSubscription(): Promise<boolean> {
  const registration = await worker()
  return Boolean(await registration?.pushManager?.getSubscription())
}

/** Asks the person, then the browser's push service, then tells the server. Throws `PushError`. */
export async function switchPushOn(): Promise<PushResponse> {
  const registration = await worker()
  if (!registration) throw new PushError('This browser does not keep the page yet. Try again.')
  const leave = await Notification.requestPermission()
  if (leave !== 'granted') {
    throw new PushError(
      leave === 'denied'
        ? 'This browser was told not to show notices of this address.'
        : 'This browser asks whether notices may be shown: they may not yet.',
    )
  }
  const { publicKey } = await pushState()
  // What is left of an earlier time may be of other keys, or of no use any more.
  await (await registration.pushManager.getSubscription())?.unsubscribe()
  return tell(await subscribe(registration, publicKey))
}

export async function switchPushOff(): Promise<PushResponse> {
  keepPushed(undefined)
  const answer = await deleteSubscription()
  const registration = await worker()
  await (await registration?.pushManager.getSubscription())?.unsubscribe()
  return answer
}

/** Tells the server where the browser has moved since, or that this device is another one now. */
export async function keepPush(): Promise<void> {
  const before = pushedTo()
  if (before === undefined || pushObstacle() || Notification.permission !== 'granted') return
  const registration = await navigator.serviceWorker.ready
  const held = await registration.pushManager.getSubscription()
  if (held && placeOf(held) === before) return
  await tell(held ?? (await subscribe(registration, (await pushState()).publicKey)))
}

/** Whether a notice of now comes from the server, so that the page has not to show it as well. */
export async function isPushed(): Promise<boolean> {
  if (!(await hasSubscription())) return false
  const { device } = await pushState()
  return device !== undefined && device.fault === undefined
}

async function subscribe(
  { pushManager }: ServiceWorkerRegistration,
  applicationServerKey: string,
): Promise<PushSubscription> {
  try {
    return await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey })
  } catch (cause) {
    throw new PushError(
      'The push service of this browser did not answer. It may be switched off in its settings.',
      { cause },
    )
  }
}

async function tell(subscription: PushSubscription): Promise<PushResponse> {
  const { endpoint, keys } = subscription.toJSON()
  const { p256dh = '', auth = '' } = keys ?? {}
  const answer = await putSubscription({ endpoint: endpoint ?? '', keys: { p256dh, auth } })
  keepPushed(placeOf(subscription))
  return answer
}

/** What the server was told: for which device, and where. */
function placeOf({ endpoint }: PushSubscription): string {
  return `${ownDevice() ?? ''} ${endpoint}`
}
