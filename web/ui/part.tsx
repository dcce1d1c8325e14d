import { type Component, lazy, onCleanup, Show } from 'solid-js'
import { retryDelay } from '../state/retry.ts'

/** A page that was loaded anew less than this ago does so no more by itself: that would be a loop. */
const REST_MS = 30_000

/**
 * A component with code of its own, which loads when it is first shown. Code that cannot be had, as
 * while the server restarts, is said in its place, and the page loads anew once the server answers:
 * a browser may remember for the page's life that a module failed, and a newer server may have
 * another one. Place and drafts outlive that.
 */
export function part<Name extends string, Props extends object>(
  name: Name,
  load: () => Promise<Record<Name, Component<Props>>>,
) {
  return lazy<Component<Props>>(() =>
    load().then(
      (module) => ({ default: module[name] }),
      () => ({ default: NotLoaded }),
    ),
  )
}

/** Stands where code is missing, for as long as somebody looks there. Closes where that could be closed. */
function NotLoaded(props: { onClose?: () => void }) {
  const life = new AbortController()
  onCleanup(() => life.abort())
  void reloadOnAnswer(life.signal)
  return (
    <div class="not-loaded" role="status">
      <p>This part of the page could not be loaded. It comes once the server answers.</p>
      <button type="button" class="btn" onClick={() => location.reload()}>
        Load the page again
      </button>
      <Show when={props.onClose}>
        <button type="button" class="btn" onClick={() => props.onClose?.()}>
          Close
        </button>
      </Show>
    </div>
  )
}

async function reloadOnAnswer(signal: AbortSignal): Promise<void> {
  const [visit] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[]
  if (visit?.type === 'reload' && performance.now() < REST_MS) return
  for (let attempt = 1; !signal.aborted; attempt += 1) {
    await new Promise((done) => setTimeout(done, retryDelay(attempt, Math.random())))
    try {
      const { ok } = await fetch('/api/health', { cache: 'no-store', signal })
      if (ok && !signal.aborted) return location.reload()
    } catch {
      // Asked again: it is away, or nobody looks any more.
    }
  }
}
