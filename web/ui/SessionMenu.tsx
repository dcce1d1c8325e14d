import { DropdownMenu } from '@kobalte/core/dropdown-menu'
import Ellipsis from 'lucide-solid/icons/ellipsis'
import { For, Show } from 'solid-js'
import type { SessionView } from '../../server/protocol.ts'
import { ACTS, type ActId } from '../state/shortcuts.ts'
import { visible } from '../state/words.ts'
import type { TerminalHandle, TerminalState } from '../terminal/types.ts'
import { isPossible, perform } from './acts.ts'
import { useApp } from './context.ts'
import { copyAttach } from './tab-acts.ts'

export interface MenuProps {
  session: SessionView
  state: TerminalState | undefined
  handle: TerminalHandle | undefined
}

/** What may stand over the live screen. */
const COVERS = [
  ['history', 'Scrollback and search'],
  ['text', 'Screen as text'],
] as const

/** What a terminal may do with those beside it. */
const PART_ACTS = ['beside', 'leave', 'alone'] as const satisfies readonly ActId[]

/** The rarer acts of a session. Opens as it loads: the button that loads it was pressed. */
export function SessionMenu(props: MenuProps) {
  const app = useApp()
  /** What takes the focus next: it starts when the menu has given it back to its button. */
  let next: (() => void) | undefined
  return (
    <DropdownMenu placement="bottom-end" gutter={4} defaultOpen={true} modal={false}>
      <DropdownMenu.Trigger
        class="btn icon"
        aria-label={`More about ${visible(props.session.name)}`}
      >
        <Ellipsis aria-hidden="true" />
      </DropdownMenu.Trigger>
      {/* Inside the landmark it belongs to, so that a screen reader finds it there. */}
      <DropdownMenu.Portal mount={document.querySelector('main') ?? document.body}>
        <DropdownMenu.Content
          class="menu"
          onCloseAutoFocus={() => {
            if (next) queueMicrotask(next)
            next = undefined
          }}
        >
          {/* There before the terminal is: nothing moves under a pointer when it comes. */}
          <For each={COVERS}>
            {([view, words]) => (
              <DropdownMenu.Item
                class="menu-item"
                disabled={!props.handle}
                onSelect={() => props.handle?.show(props.state?.view === view ? 'live' : view)}
              >
                {props.state?.view === view ? 'Back to live' : words}
              </DropdownMenu.Item>
            )}
          </For>
          <DropdownMenu.Separator class="menu-line" />
          <For each={PART_ACTS.filter((id) => isPossible(app, id))}>
            {(id) => (
              <DropdownMenu.Item
                class="menu-item"
                onSelect={() => {
                  next = () => perform(app, id)
                }}
              >
                {ACTS.find((act) => act.id === id)?.words}
              </DropdownMenu.Item>
            )}
          </For>
          <DropdownMenu.Item class="menu-item" onSelect={() => void copyAttach(app, props.session)}>
            Copy attach command
          </DropdownMenu.Item>
          <Show when={app.mayManage()}>
            <DropdownMenu.Item
              class="menu-item"
              onSelect={() => {
                next = () => app.setRenaming(props.session.id)
              }}
            >
              Rename
            </DropdownMenu.Item>
            <DropdownMenu.Separator class="menu-line" />
            <DropdownMenu.Item
              class="menu-item danger"
              onSelect={() => {
                next = () => app.showDialog({ name: 'kill', session: props.session.id })
              }}
            >
              End session…
            </DropdownMenu.Item>
          </Show>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu>
  )
}
