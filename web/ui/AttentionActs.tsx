import Clock from 'lucide-solid/icons/clock'
import X from 'lucide-solid/icons/x'
import { createSignal, Show } from 'solid-js'
import type { AgentView, AttentionView } from '../../server/protocol.ts'
import { sentenceOf } from '../state/api.ts'
import { askToAnswer, snoozeChoices } from '../state/attention.ts'
import { answerAsk, dismiss, snooze } from '../state/attention-api.ts'
import { serverNow } from '../state/clock.ts'
import { newRequestId } from '../state/request-id.ts'
import { useApp } from './context.ts'

interface ActsProps {
  agent: AgentView
  item: AttentionView
  /** With what puts it aside too. The answers and the room of all are there in any case. */
  whole: boolean
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
      app.say(sentenceOf(error))
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
      <Show when={mayReply() && props.whole}>
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

/** The same for every row and at every time. */
const SNOOZES = snoozeChoices(new Date()).map(({ label }) => label)

/** A list of the system's own: it opens well under a thumb and needs no code of ours. */
function SnoozeChoice(props: { disabled: boolean; onChoose(ms: number): void }) {
  return (
    <span class="btn picker snooze">
      <Clock aria-hidden="true" />
      <span class="label" aria-hidden="true">
        Snooze
      </span>
      <select
        aria-label="Snooze"
        disabled={props.disabled}
        onChange={(event) => {
          // Reckoned from the press: the list may have stood there for hours.
          const choice = snoozeChoices(new Date())[Number(event.currentTarget.value)]
          event.currentTarget.value = ''
          if (choice) props.onChoose(choice.ms)
        }}
      >
        <option value="" selected>
          Snooze
        </option>
        {SNOOZES.map((label, index) => (
          <option value={index}>{label}</option>
        ))}
      </select>
    </span>
  )
}

/** Until when a need was put aside, and the way back. */
export function SnoozedActs(props: { item: AttentionView }) {
  const app = useApp()
  const until = () => new Date(props.item.snoozedUntil ?? 0)
  const short = () => {
    const isToday = until().toDateString() === new Date(serverNow()).toDateString()
    const time = until().toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })
    return isToday ? time : `${until().toLocaleDateString([], { weekday: 'short' })} ${time}`
  }
  const back = () =>
    snooze(props.item.id, { until: 0 }).catch((error: unknown) => app.say(sentenceOf(error)))
  return (
    <div class="attention-acts answers">
      <span class="snoozed" title={until().toLocaleString()}>
        Snoozed until {short()}
      </span>
      <Show when={app.live.feed.scope !== 'watch'}>
        <button type="button" class="btn" onClick={() => void back()}>
          Bring back
        </button>
      </Show>
    </div>
  )
}

/** The acts of a row that waits or was put aside; none where nothing does. */
export function RowActs(props: {
  agent: AgentView
  item: AttentionView | undefined
  whole: boolean
}) {
  const app = useApp()
  return (
    <Show
      when={props.item}
      fallback={
        <Show when={app.needsAside().get(props.agent.id)}>
          {(item) => <SnoozedActs item={item()} />}
        </Show>
      }
    >
      {(item) => <AttentionActs agent={props.agent} item={item()} whole={props.whole} />}
    </Show>
  )
}
