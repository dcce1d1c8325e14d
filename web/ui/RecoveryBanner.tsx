import { Show } from 'solid-js'
import { lostText } from '../state/lost.ts'
import { useApp } from './context.ts'

/** Says over the list that something ended with its tmux, and leads to the way back. */
export function RecoveryBanner() {
  const { recovery } = useApp()
  const text = () => {
    const answer = recovery.value()
    return answer && lostText(answer)
  }
  return (
    <Show when={text()}>
      {(lost) => (
        <div class="banner warn" data-testid="recovery-banner">
          <span>{lost()} ended with tmux or the machine.</span>
          <a class="btn" href="/recovery">
            Bring back
          </a>
        </div>
      )}
    </Show>
  )
}
