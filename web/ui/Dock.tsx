import { Show } from 'solid-js'
import { Composer } from '../terminal/Composer.tsx'
import { KeyRow } from '../terminal/KeyRow.tsx'
import type { TerminalHandle, TerminalState } from '../terminal/types.ts'
import { useApp } from './context.ts'

interface DockProps {
  session: string
  pane: string
  state: TerminalState | undefined
  handle: TerminalHandle | undefined
  /** The terminal is in sight, and single keys go to it. */
  keys: boolean
}

/** What is typed with, below the terminal: keys for fingers, a box for whole messages. */
export function Dock(props: DockProps) {
  const { live } = useApp()
  const ended = () => props.state?.gone !== undefined
  return (
    <div class="dock">
      <Show when={props.keys && live.feed.scope !== 'watch'}>
        <KeyRow handle={props.handle} disabled={ended()} />
      </Show>
      <Composer
        paneId={props.pane}
        sessionId={props.session}
        scope={live.feed.scope}
        handle={props.handle}
        disabled={ended()}
      />
    </div>
  )
}
