import { createSignal } from 'solid-js'

/** Why the page opens without the server, or does not. */
export type WorkerState = 'starting' | 'ready' | 'insecure' | 'unsupported' | 'failed'

/** A worker that is not there after so long is counted as none; it may still come (milliseconds). */
const READY_MS = 20_000

const [workerState, setState] = createSignal<WorkerState>('starting')

export { workerState }

/** Starts the worker that keeps the page. Browsers have it on secure origins alone: https, loopback. */
export async function startWorker(): Promise<void> {
  if (!window.isSecureContext) setState('insecure')
  else if (!('serviceWorker' in navigator)) setState('unsupported')
  else {
    try {
      await navigator.serviceWorker.register('/sw.js')
      // Where it cannot be installed nothing tells so: `ready` is waited for without end.
      const late = setTimeout(() => setState('failed'), READY_MS)
      await navigator.serviceWorker.ready
      clearTimeout(late)
      setState('ready')
    } catch {
      // Switched off in this browser, or no room: everything else works without it.
      setState('failed')
    }
  }
}

/** The worker's registration, once there is one; undefined where there is none to come. */
export async function worker(): Promise<ServiceWorkerRegistration | undefined> {
  return workerState() === 'ready' ? navigator.serviceWorker.ready : undefined
}
