import Ellipsis from 'lucide-solid/icons/ellipsis'
import { createSignal, Show, Suspense } from 'solid-js'
import { visible } from '../state/words.ts'
import { part } from './part.tsx'
import type { MenuProps } from './SessionMenu.tsx'

// Menus are a large part of the page's code, and most visits open none.
const SessionMenu = part('SessionMenu', () => import('./SessionMenu.tsx'))

/** The button of the session's menu; the menu's code loads with the first press. */
export function MenuButton(props: MenuProps) {
  const [wanted, setWanted] = createSignal(false)
  const button = () => (
    <button
      type="button"
      class="btn icon"
      aria-haspopup="menu"
      aria-expanded="false"
      aria-label={`More about ${visible(props.session.name)}`}
      title="More"
      onClick={() => setWanted(true)}
    >
      <Ellipsis aria-hidden="true" />
    </button>
  )
  return (
    <Show when={wanted()} fallback={button()}>
      <Suspense fallback={button()}>
        <SessionMenu {...props} />
      </Suspense>
    </Show>
  )
}
