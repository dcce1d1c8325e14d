import { createMemo, createSignal, createUniqueId, For, on, Show } from 'solid-js'
import { found } from '../state/palette.ts'
import { IS_MAC } from '../state/platform.ts'
import { keyWords } from '../state/shortcuts.ts'
import { useApp } from './context.ts'
import { Modal } from './Modal.tsx'
import { type PaletteEntry, paletteEntries } from './palette-entries.ts'

/** Lines drawn at most: who wants the next one types another letter. */
const MOST = 60
/** Without a query so many sessions of a group stand there: the acts are to be seen as well. */
const SESSIONS_FIRST = 8
/** Lines that a page key passes. */
const PAGE = 8

/**
 * One field for everything: sessions, agents, and every act that is possible now (ARIA combobox).
 * `onClose` is told what to do when the dialog is gone and the focus is back where it was.
 */
export function Palette(props: {
  beside: boolean
  /** What was typed while it loaded. */
  typed: string
  onClose(then?: () => void): void
}) {
  const app = useApp()
  const [query, setQuery] = createSignal(props.typed)
  const [at, setAt] = createSignal(0)
  const id = createUniqueId()
  let list: HTMLDivElement | undefined
  // What may be chosen is what could be when it opened: lines do not move under a finger. Only what
  // opened before anything was known looks again.
  const all = createMemo(
    on(
      () => app.live.feed.boot,
      () => paletteEntries(app, props.beside),
    ),
  )
  const shown = createMemo(() => {
    if (query().trim() !== '' || props.beside) return found(all(), query(), MOST)
    const counts = new Map<string, number>()
    return all().filter(({ id, group }) => {
      if (!app.live.feed.sessions[id]) return true
      const count = (counts.get(group) ?? 0) + 1
      counts.set(group, count)
      return count <= SESSIONS_FIRST
    })
  })
  const groups = createMemo(() => {
    const inGroup = new Map<string, { entry: PaletteEntry; index: number }[]>()
    for (const [index, entry] of shown().entries()) {
      const lines = inGroup.get(entry.group)
      if (lines) lines.push({ entry, index })
      else inGroup.set(entry.group, [{ entry, index }])
    }
    return [...inGroup]
  })
  const choose = (entry: PaletteEntry | undefined, beside = false) => {
    const run = beside ? (entry?.beside ?? entry?.run) : entry?.run
    if (run) props.onClose(run)
  }
  const move = (step: number) => {
    const count = shown().length
    if (count === 0) return
    const next = at() + step
    // A line further goes round; a page stops at the end.
    setAt(Math.abs(step) === 1 ? (next + count) % count : Math.min(count - 1, Math.max(0, next)))
    list?.querySelector('.at')?.scrollIntoView({ block: 'nearest' })
  }
  const onKey = (event: KeyboardEvent) => {
    if (event.isComposing) return
    switch (event.key) {
      case 'ArrowDown':
        move(1)
        break
      case 'ArrowUp':
        move(-1)
        break
      case 'PageDown':
        move(PAGE)
        break
      case 'PageUp':
        move(-PAGE)
        break
      case 'Enter':
        choose(shown()[at()], event.shiftKey)
        break
      default:
        return
    }
    event.preventDefault()
  }
  const title = () => (props.beside ? 'Show a session beside this one' : 'Find and do anything')
  const line = (entry: PaletteEntry, index: number) => (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the focus and takes the keys
    // biome-ignore lint/a11y/useFocusableInteractive: pointed at by aria-activedescendant
    <div
      id={`${id}-${index}`}
      class="line"
      role="option"
      aria-selected={index === at()}
      classList={{ at: index === at() }}
      onClick={(event) => choose(entry, event.shiftKey)}
    >
      <span class={`glyph ${entry.glyph?.tone ?? ''}`} aria-hidden="true">
        {entry.glyph?.text}
      </span>
      <span class="name">{entry.words}</span>
      <span class="detail">{entry.detail}</span>
      <For each={entry.keys.slice(0, 2)}>{(chord) => <kbd>{keyWords(chord, IS_MAC)}</kbd>}</For>
    </div>
  )
  return (
    <Modal title={title()} class="palette" onClose={() => props.onClose()}>
      <input
        class="field"
        data-first
        role="combobox"
        aria-label={title()}
        aria-expanded={shown().length > 0}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={shown()[at()] ? `${id}-${at()}` : undefined}
        aria-describedby={`${id}-note`}
        placeholder={props.beside ? 'Session' : 'Session, agent or what to do'}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        value={query()}
        onInput={(event) => {
          setQuery(event.currentTarget.value)
          setAt(0)
          list?.scrollTo(0, 0)
        }}
        onKeyDown={onKey}
      />
      <div
        ref={list}
        class="lines"
        id={`${id}-list`}
        role="listbox"
        aria-label={title()}
        // The field keeps the focus while a line is chosen with the pointer.
        onPointerDown={(event) => event.preventDefault()}
      >
        <For each={groups()}>
          {([group, lines]) => (
            // biome-ignore lint/a11y/useSemanticElements: a fieldset may not stand in a listbox
            <div role="group" aria-label={group}>
              <div class="group" aria-hidden="true">
                {group}
              </div>
              <For each={lines}>{({ entry, index }) => line(entry, index)}</For>
            </div>
          )}
        </For>
      </div>
      <p class="hint" id={`${id}-note`}>
        <Show
          when={shown().length > 0}
          fallback={
            all().length > 0 ? 'Nothing here is called that.' : 'There is no other session.'
          }
        >
          <kbd>↑</kbd> <kbd>↓</kbd> walk, <kbd>Enter</kbd> {props.beside ? 'shows it' : 'does it'}
          <Show when={app.wide() && !props.beside}>
            , <kbd>Shift+Enter</kbd> shows a session beside this one
          </Show>
        </Show>
      </p>
    </Modal>
  )
}
