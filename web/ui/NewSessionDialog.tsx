import { createSignal, For, Show } from 'solid-js'
import { LIMITS } from '../../server/protocol.ts'
import { ApiError, createSession } from '../state/api.ts'
import { currentPane } from '../state/derive.ts'
import { visible } from '../state/words.ts'
import { useApp } from './context.ts'
import { DirectoryField } from './DirectoryField.tsx'
import { Modal } from './Modal.tsx'

/** Name, place and command of a new session; all of them may stay empty. */
export function NewSessionDialog(props: { server: string | undefined; onClose(): void }) {
  const app = useApp()
  const { feed } = app.live
  // Kept over retries until an answer came: the server makes one session per id.
  let requestId = crypto.randomUUID()
  const [name, setName] = createSignal('')
  const [cwd, setCwd] = createSignal(startPlace())
  const [command, setCommand] = createSignal('')
  const [server, setServer] = createSignal(props.server ?? selectedServer() ?? feed.servers[0]?.id)
  const [error, setError] = createSignal<string>()
  const [busy, setBusy] = createSignal(false)

  function selectedView() {
    const id = app.selected()
    return id === undefined ? undefined : feed.sessions[id]
  }
  function selectedServer() {
    return selectedView()?.server
  }
  /** Where the person is looking now is the likeliest place for more work. */
  function startPlace() {
    const view = selectedView()
    return (view && currentPane(view)?.cwd) ?? ''
  }

  const create = async () => {
    if (busy()) return
    setBusy(true)
    setError(undefined)
    try {
      const answer = await createSession({
        id: requestId,
        ...(server() === undefined ? {} : { server: server() }),
        name: name(),
        cwd: cwd(),
        command: command(),
      })
      app.live.created(answer.session)
      if (answer.renamedFrom !== undefined) {
        app.say(
          `tmux keeps no such name: “${visible(answer.renamedFrom)}” became “${visible(answer.session.name)}”.`,
        )
      }
      props.onClose()
      app.go(answer.session.id)
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      // A refusal is an answer: the next try is another request.
      if (error.code !== 'unreachable') requestId = crypto.randomUUID()
      setError(
        error.code === 'unreachable'
          ? 'No answer from dogwatch. Try again: a session that was made is not made twice.'
          : error.message,
      )
    } finally {
      setBusy(false)
    }
  }

  return (
    <Modal title="New session" onClose={props.onClose} busy={busy()}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault()
          void create()
        }}
      >
        <label for="new-name">Name</label>
        <input
          id="new-name"
          class="field"
          data-first
          maxLength={LIMITS.nameLength}
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          placeholder="tmux’s next free number"
          value={name()}
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <label for="new-cwd">Directory</label>
        <DirectoryField id="new-cwd" value={cwd()} onChange={setCwd} />
        <label for="new-command">Command</label>
        <input
          id="new-command"
          class="field mono"
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          placeholder="your shell"
          value={command()}
          onInput={(event) => setCommand(event.currentTarget.value)}
        />
        <Show when={feed.servers.length > 1}>
          <label for="new-server">tmux server</label>
          <select
            id="new-server"
            class="field"
            value={server()}
            onChange={(event) => setServer(event.currentTarget.value)}
          >
            <For each={feed.servers}>{(view) => <option value={view.id}>{view.label}</option>}</For>
          </select>
        </Show>
        <Show when={error()}>
          <p class="form-error" role="alert">
            {error()}
          </p>
        </Show>
        <div class="form-acts">
          <button type="button" class="btn" disabled={busy()} onClick={() => props.onClose()}>
            Cancel
          </button>
          <button type="submit" class="btn primary" disabled={busy()}>
            {busy() ? 'Starting…' : 'Start session'}
          </button>
        </div>
      </form>
    </Modal>
  )
}
