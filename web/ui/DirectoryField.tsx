import { createEffect, createSignal, For, on, onCleanup, Show } from 'solid-js'
import { ApiError, listDirectories } from '../state/api.ts'
import { visible } from '../state/words.ts'

/** Typing pauses this long before the server is asked, milliseconds. */
const PAUSE_MS = 120

/** A path with completion: a text field with a list of the folders that fit (ARIA combobox). */
export function DirectoryField(props: {
  id: string
  value: string
  onChange(value: string): void
  placeholder?: string
}) {
  const [options, setOptions] = createSignal<readonly string[]>([])
  const [truncated, setTruncated] = createSignal(false)
  const [at, setAt] = createSignal(-1)
  const [open, setOpen] = createSignal(false)
  const [problem, setProblem] = createSignal<string>()
  const listId = () => `${props.id}-list`
  let asked: AbortController | undefined
  onCleanup(() => asked?.abort())

  const ask = async (path: string) => {
    asked?.abort()
    const mine = new AbortController()
    asked = mine
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    if (mine.signal.aborted) return
    try {
      const answer = await listDirectories(path, mine.signal)
      const chosen = options()[at()]
      const found = answer.directories.filter((directory) => directory !== path)
      setOptions(found)
      setTruncated(answer.truncated)
      setProblem(undefined)
      // Chosen while this was asked for: Enter would send the form without it.
      setAt(chosen === undefined ? -1 : found.indexOf(chosen))
    } catch (error) {
      if (mine.signal.aborted) return
      setOptions([])
      // Completion is a help only: whether the folder is good is said when the session starts.
      setProblem(
        error instanceof ApiError && error.code === 'unreachable' ? error.message : undefined,
      )
    }
  }
  createEffect(
    on(
      () => [open(), props.value] as const,
      ([isOpen, value]) => {
        if (isOpen) void ask(value)
      },
    ),
  )

  const take = (path: string) => {
    // With the slash the next list shows what is inside.
    props.onChange(path === '/' ? path : `${path}/`)
  }
  const onKey = (event: KeyboardEvent) => {
    if (event.isComposing) return
    const count = options().length
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      setOpen(true)
      if (count === 0) return
      const step = event.key === 'ArrowDown' ? 1 : -1
      setAt((now) => (now + step + count + (now < 0 && step < 0 ? 1 : 0)) % count)
    } else if (event.key === 'Escape' && open() && count > 0) {
      // This closes the list, not the dialog around it.
      event.stopPropagation()
      setOpen(false)
    } else if (open() && count > 0 && (event.key === 'Enter' || event.key === 'Tab')) {
      const choice =
        options()[at()] ?? (event.key === 'Tab' && count === 1 ? options()[0] : undefined)
      if (choice === undefined) return
      event.preventDefault()
      take(choice)
    }
  }
  const shown = () => open() && options().length > 0
  /** The list stands above what is pressed: until the press has ended nothing may move under it. */
  const leave = () => {
    // Nor does a list appear that was asked for before.
    asked?.abort()
    const close = () => setOpen(false)
    if (!document.querySelector(':active')) return close()
    // In a task of its own: the click comes after this.
    document.addEventListener('mouseup', () => setTimeout(close), { capture: true, once: true })
  }

  return (
    <div class="combo">
      <input
        id={props.id}
        class="field mono"
        role="combobox"
        aria-expanded={shown()}
        aria-controls={listId()}
        aria-autocomplete="list"
        aria-activedescendant={at() >= 0 ? `${props.id}-${at()}` : undefined}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        placeholder={props.placeholder ?? 'home directory'}
        value={props.value}
        onInput={(event) => {
          setOpen(true)
          props.onChange(event.currentTarget.value)
        }}
        // The dialog listens on the document: only the browser's own event can be kept from it.
        on:keydown={onKey}
        onBlur={leave}
      />
      <div
        class="options"
        id={listId()}
        role="listbox"
        aria-label="Directories"
        hidden={!shown()}
        // The field keeps the focus while a folder is chosen with the pointer.
        onPointerDown={(event) => event.preventDefault()}
      >
        <For each={options()}>
          {(option, index) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the focus and takes the keys
            // biome-ignore lint/a11y/useFocusableInteractive: pointed at by aria-activedescendant
            <div
              id={`${props.id}-${index()}`}
              role="option"
              aria-selected={index() === at()}
              classList={{ at: index() === at() }}
              onClick={() => take(option)}
            >
              {visible(option)}
            </div>
          )}
        </For>
        <Show when={truncated()}>
          <p class="more">More folders than fit here: type on.</p>
        </Show>
      </div>
      <Show when={problem()}>
        <p class="field-error">{problem()}</p>
      </Show>
    </div>
  )
}
