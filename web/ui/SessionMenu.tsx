import { DropdownMenu } from '@kobalte/core/dropdown-menu'
import Ellipsis from 'lucide-solid/icons/ellipsis'
import { Show } from 'solid-js'
import type { SessionView } from '../../server/protocol.ts'
import { shellWord, visible } from '../state/words.ts'
import type { TerminalHandle, TerminalState } from '../terminal/types.ts'
import { useApp } from './context.ts'

export interface MenuProps {
  session: SessionView
  state: TerminalState | undefined
  handle: TerminalHandle | undefined
}

/** The rarer acts of a session. Opens as it loads: the button that loads it was pressed. */
export function SessionMenu(props: MenuProps) {
  const app = useApp()
  /** What takes the focus next: it starts when the menu has given it back to its button. */
  let next: (() => void) | undefined
  const attach = () => {
    const server = app.live.feed.servers.find((view) => view.id === props.session.server)
    const socket =
      server === undefined || server.label === 'default'
        ? ''
        : ` -S ${shellWord(server.socketPath)}`
    // tmux matches names by prefix and pattern; its id names exactly this one.
    return `tmux${socket} attach -t ${shellWord(props.session.tmuxId)}`
  }
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(attach())
      app.say(`Copied: ${attach()}`)
    } catch {
      // The browser keeps the clipboard from pages that are not on a secure address: show it instead.
      app.say(attach())
    }
  }
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
          <Show when={props.handle}>
            {(handle) => (
              <>
                <DropdownMenu.Item
                  class="menu-item"
                  onSelect={() =>
                    handle().show(props.state?.view === 'history' ? 'live' : 'history')
                  }
                >
                  {props.state?.view === 'history' ? 'Back to live' : 'Scrollback and search'}
                </DropdownMenu.Item>
                <DropdownMenu.Item
                  class="menu-item"
                  onSelect={() => handle().show(props.state?.view === 'text' ? 'live' : 'text')}
                >
                  {props.state?.view === 'text' ? 'Back to live' : 'Screen as text'}
                </DropdownMenu.Item>
                <DropdownMenu.Separator class="menu-line" />
              </>
            )}
          </Show>
          <DropdownMenu.Item class="menu-item" onSelect={() => void copy()}>
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
