import { createSignal, For, Show, untrack } from 'solid-js'
import { createStore } from 'solid-js/store'
import { ApiError } from '../state/api.ts'
import { newRequestId } from '../state/request-id.ts'
import { eachOf, isReady, promptable } from '../state/several.ts'
import { counted } from '../state/words.ts'
import { keepDraft, readDraft } from '../terminal/drafts.ts'
import { sendPrompt } from '../terminal/pane-api.ts'
import { useApp } from './context.ts'
import { Modal } from './Modal.tsx'
import { type Sent, SeveralRow } from './SeveralRow.tsx'

/** Its place among the drafts. */
const DRAFT = 'several'

/** Failures after which the text may be in the pane all the same. */
const UNSURE = new Set<string>(['unreachable', 'tmux-timeout', 'internal'])

/** One text for several agents: to each that waits for a prompt, and to no other. */
export function PromptSeveralDialog(props: { onClose(): void }) {
  const app = useApp()
  const { feed } = app.live
  // The list is the one it opened with: no row moves under a finger. Who can be chosen stands first.
  const ids = untrack(() => {
    const all = promptable(feed)
    const waiting = all.filter((agent) => isReady(agent, feed))
    return [...new Set([...waiting, ...all])].map(({ id }) => id)
  })
  const [text, setText] = createSignal(readDraft(DRAFT)?.text ?? '')
  const [chosen, setChosen] = createSignal<ReadonlySet<string>>(new Set())
  const [sent, setSent] = createStore<Record<string, Sent | undefined>>({})
  const [busy, setBusy] = createSignal(false)

  let close: HTMLButtonElement | undefined

  const ready = (id: string) => {
    const agent = feed.agents[id]
    return agent?.liveness === 'live' && isReady(agent, feed) && !app.live.lost()
  }
  const readyIds = () => ids.filter((id) => ready(id))
  const toSend = () => ids.filter((id) => chosen().has(id) && isOpen(sent[id]))
  const write = (next: string) => {
    setText(next)
    keepDraft(DRAFT, { text: next, at: Date.now() })
    // What is said in the rows is of the text before.
    for (const id of ids) setSent(id, undefined)
  }
  const toggle = (id: string) => {
    const next = new Set(chosen())
    if (!next.delete(id)) next.add(id)
    setChosen(next)
  }

  const sendTo = async (id: string) => {
    const agent = feed.agents[id]
    const before = sent[id]
    const request = before?.name === 'unknown' ? before.request : newRequestId()
    if (!agent) return setSent(id, { name: 'refused', message: 'It has ended.' })
    setSent(id, { name: 'sending' })
    try {
      const answer = await sendPrompt(agent.pane, { id: request, text: text(), agent: id })
      setSent(id, { name: 'receipt', receipt: answer.receipt, detail: answer.detail })
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      const { message } = error
      if (UNSURE.has(error.code)) setSent(id, { name: 'unknown', message, request })
      else setSent(id, { name: 'refused', message })
    }
  }
  const send = async () => {
    if (busy() || toSend().length === 0 || text().trim() === '') return
    setBusy(true)
    try {
      await eachOf(toSend(), sendTo)
      // Delivered to everybody: the box is free.
      const isDone = [...chosen()].every((id) => sent[id]?.name === 'receipt')
      if (isDone) keepDraft(DRAFT, { text: '', at: Date.now() })
    } finally {
      setBusy(false)
    }
    // The button that was pressed is gone, and the focus with it.
    if (isOver() && document.activeElement === document.body) close?.focus()
  }
  const results = () => ids.flatMap((id) => sent[id] ?? [])
  const isOver = () => !busy() && results().length > 0 && toSend().length === 0
  const submitted = () =>
    results().filter((one) => one.name === 'receipt' && one.receipt === 'submitted').length

  return (
    <Modal title="Prompt several agents" onClose={props.onClose} busy={busy()}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault()
          void send()
        }}
      >
        <fieldset disabled={busy()}>
          <legend>Agents</legend>
          <ul class="results" aria-label="Agents">
            <For each={ids}>
              {(id) => (
                <SeveralRow
                  agent={feed.agents[id]}
                  ready={ready(id)}
                  chosen={chosen().has(id)}
                  sent={sent[id]}
                  onToggle={() => toggle(id)}
                />
              )}
            </For>
          </ul>
          <button
            type="button"
            class="btn"
            disabled={readyIds().length === 0}
            onClick={() => setChosen(new Set(readyIds()))}
          >
            Choose all that wait for a prompt ({readyIds().length})
          </button>
        </fieldset>
        <label for="several-text">Prompt</label>
        <textarea
          id="several-text"
          class="field"
          rows="4"
          data-first
          disabled={busy()}
          value={text()}
          onInput={(event) => write(event.currentTarget.value)}
        />
        <p class="hint below" role="status">
          <Show
            when={results().length > 0 && !busy()}
            fallback="Only agents that wait for a prompt get it. Nothing is typed into a dialog or into running work."
          >
            Submitted to {submitted()} of {counted(results().length, 'agent')}.
          </Show>
        </p>
        <div class="form-acts">
          <button
            ref={close}
            type="button"
            class="btn"
            classList={{ primary: isOver() }}
            disabled={busy()}
            onClick={() => props.onClose()}
          >
            Close
          </button>
          <Show when={!isOver()}>
            <button
              type="submit"
              class="btn primary"
              disabled={busy() || toSend().length === 0 || text().trim() === ''}
            >
              {busy()
                ? 'Sending…'
                : `${results().length > 0 ? 'Try again with' : 'Send to'} ${counted(toSend().length, 'agent')}`}
            </button>
          </Show>
        </div>
      </form>
    </Modal>
  )
}

/** Whether it may be sent, for the first time or once more. */
function isOpen(sent: Sent | undefined): boolean {
  return sent === undefined || sent.name === 'refused' || sent.name === 'unknown'
}
