import { createSignal, onCleanup, onMount, Show } from 'solid-js'
import { LIMITS, type SessionView } from '../../server/protocol.ts'
import { ApiError, renameSession } from '../state/api.ts'
import { visible } from '../state/words.ts'
import { useApp } from './context.ts'

/** The session's name as a field in its own place. Enter keeps, Escape leaves it. */
export function RenameField(props: { session: SessionView }) {
  const app = useApp()
  const [error, setError] = createSignal<string>()
  const [busy, setBusy] = createSignal(false)
  let field: HTMLInputElement | undefined
  let isLeft = false
  onMount(() => {
    const before = document.activeElement
    onCleanup(() => {
      isLeft = true
      // Only what goes with the field loses the focus; a press elsewhere has taken it already.
      requestAnimationFrame(() => {
        if (document.activeElement === document.body && before instanceof HTMLElement)
          before.focus()
      })
    })
    if (!field) return
    // Once: a name that comes from elsewhere does not take the place of what is being written.
    field.value = props.session.name
    field.focus()
    field.select()
  })
  const leave = () => {
    // An answer may come when the field has gone, and another one is being written into.
    if (!isLeft) app.setRenaming(undefined)
  }

  const save = async () => {
    const name = field?.value ?? ''
    if (busy()) return
    if (name === props.session.name || name === '') return leave()
    setBusy(true)
    setError(undefined)
    try {
      const answer = await renameSession(props.session.id, { name })
      if (answer.name !== name) {
        app.say(`tmux keeps no such name: it is “${visible(answer.name)}” now.`)
      }
      leave()
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      setError(error.message)
      field?.focus()
    } finally {
      setBusy(false)
    }
  }

  return (
    <form
      class="rename"
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      <input
        ref={field}
        class="field"
        aria-label="New name of the session"
        aria-invalid={error() !== undefined}
        aria-describedby={error() ? 'rename-error' : undefined}
        maxLength={LIMITS.nameLength}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        // Not disabled: that would lose the focus, and with it the way back.
        readOnly={busy()}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && !event.isComposing) leave()
        }}
      />
      <button type="submit" class="btn" disabled={busy()}>
        Rename
      </button>
      <button type="button" class="btn quiet" onClick={leave}>
        Cancel
      </button>
      <Show when={error()}>
        <p class="field-error" id="rename-error" role="alert">
          {error()}
        </p>
      </Show>
    </form>
  )
}
