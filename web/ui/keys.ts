import { onCleanup } from 'solid-js'
import { IS_MAC } from '../state/platform.ts'
import { singleKeys } from '../state/settings.ts'
import { ACTS, actOf, type Zone } from '../state/shortcuts.ts'
import { perform } from './acts.ts'
import type { AppContext } from './context.ts'

/** Acts that go on while their key is held down. */
const REPEATS = new Set<string>(['row-down', 'row-up'])

/** What takes single keys itself: fields of text, and what is open over a part of the page. */
const TYPED =
  'input:not([type=checkbox], [type=radio], [type=range]), textarea, select, [contenteditable], [role=dialog], [role=menu], [role=listbox]'

function zoneOf(target: EventTarget | null, app: AppContext): Zone {
  if (app.dialog()) return 'dialog'
  if (!(target instanceof Element)) return 'page'
  if (target.closest('.xterm')) return 'terminal'
  return target.closest(TYPED) ? 'field' : 'page'
}

/** Takes the presses of the table in state/shortcuts.ts, for the life of the Solid owner. */
export function listenForKeys(app: AppContext): void {
  const life = new AbortController()
  onCleanup(() => life.abort())
  const { signal } = life
  const take = (event: KeyboardEvent, isChord: boolean) => {
    if (event.isComposing || event.defaultPrevented) return
    const id = actOf(event, zoneOf(event.target, app), IS_MAC)
    if (!id || (event.repeat && !REPEATS.has(id))) return
    const done = perform(app, id)
    if (!done && !isChord) return
    // The browser has acts of its own on some chords, and those would be a surprise.
    event.preventDefault()
    event.stopPropagation()
    if (!done) {
      const words = ACTS.find((act) => act.id === id)?.words
      app.say(`${words}: there is nothing here to do it with.`)
    }
  }
  // Before a terminal sees them.
  const capture = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey) take(event, true)
  }
  // After whatever has the focus had its turn.
  const bubble = (event: KeyboardEvent) => {
    if (singleKeys() && !event.ctrlKey && !event.metaKey) take(event, false)
  }
  document.addEventListener('keydown', capture, { capture: true, signal })
  document.addEventListener('keydown', bubble, { signal })
}
