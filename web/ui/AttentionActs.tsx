import Clock from 'lucide-solid/icons/clock'
import X from 'lucide-solid/icons/x'
import { createSignal, For, Show } from 'solid-js'
import type { AgentView, AttentionView } from '../../server/protocol.ts'
import { ApiError } from '../state/api.ts'
import { askToAnswer, snoozeChoices } from '../state/attention.ts'
import { answerAsk, dismiss, snooze } from '../state/attention-api.ts'
import { serverNow } from '../state/clock.ts'
import { newRequestId } from '../state/request-id.ts'
import { useApp } from './context.ts'

interface ActsProps {
  agent: AgentView
  item: AttentionView
}

/** What one press can do for an agent that waits. Nothing is typed that was not seen. */
export function AttentionActs(props: ActsProps) {
  const app = useApp()
  const [busy, setBusy] = createSignal(false)
  const act = async (work: () => Promise<unknown>) => {
    if (busy()) return
    setBusy(true)
    try {
      await work()
    } catch (error) {
      app.say(error instanceof ApiError ? error.message : String(error))
    } finally {
      setBusy(false)
    }
  }
  const ask = () => askToAnswer(props.agent, props.item)
  const answer = (choice: 'approve' | 'deny') => {
    const shown = ask()
    if (!shown) return
    const body = { id: newRequestId(), ...shown, answer: choice }
    void act(() => answerAsk(props.agent.pane, body))
  }
  const mayReply = () => app.live.feed.scope !== 'watch'
  return (
    <div class="attention-acts" classList={{ answers: mayReply() && ask() !== undefined }}>
      <Show when={mayReply() && ask()}>
        <button type="button" class="btn go" disabled={busy()} onClick={() => answer('approve')}>
          Allow once
        </button>
        <button type="button" class="btn" disabled={busy()} onClick={() => answer('deny')}>
          Deny
        </button>
      </Show>
      <Show when={mayReply()}>
        <SnoozeChoice
          disabled={busy()}
          onChoose={(ms) => void act(() => snooze(props.item.id, { until: serverNow() + ms }))}
        />
        <button
          type="button"
          class="btn dismiss"
          aria-label="Dismiss"
          disabled={busy()}
          title="It needs nothing more from you; it comes back with its next turn"
          onClick={() => void act(() => dismiss(props.item.id))}
        >
          <X aria-hidden="true" />
          <span class="label">Dismiss</span>
        </button>
      </Show>
    </div>
  )
}

/** A list of the system's own: it opens well under a thumb and needs no code of ours. */
function SnoozeChoice(props: { disabled: boolean; onChoose(ms: number): void }) {
  const choices = snoozeChoices(new Date())
  return (
    <span class="btn snooze">
      <Clock aria-hidden="true" />
      <span class="label" aria-hidden="true">
        Snooze
      </span>
      <select
        aria-label="Snooze"
        disabled={props.disabled}
        onChange={(event) => {
          const choice = choices[Number(event.currentTarget.value)]
          event.currentTarget.value = ''
          if (choice) props.onChoose(choice.ms)
        }}
      >
        <option value="" selected>
          Snooze
        </option>
        <For each={choices}>
          {(choice, index) => <option value={index()}>{choice.label}</option>}
        </For>
      </select>
    </span>
  )
}

/** The acts of a row that waits; none where nothing does. */
export function RowActs(props: { agent: AgentView | undefined }) {
  const { needs } = useApp()
  return (
    <Show when={props.agent}>
      {(agent) => (
        <Show when={needs().get(agent().id)}>
          {(item) => <AttentionActs agent={agent()} item={item()} />}
        </Show>
      )}
    </Show>
  )
}
