import { createSignal, For, Show } from 'solid-js'
import { ACTIVITIES, type Activity, type AgentView } from '../../server/protocol.ts'
import { MARKS } from '../state/agents.ts'
import { ApiError, reportWrong } from '../state/api.ts'

/** "That's wrong": the person says what it really is, and screen and facts are kept as a file. */
export function WrongForm(props: { agent: AgentView }) {
  const [choosing, setChoosing] = createSignal(false)
  const [busy, setBusy] = createSignal(false)
  const [answer, setAnswer] = createSignal<{ text: string; path?: string }>()
  const send = async (expected: Activity) => {
    setBusy(true)
    try {
      const { path } = await reportWrong(props.agent.id, expected)
      setAnswer({ text: 'Thank you. Screen and facts, without secrets, are kept in', path })
      setChoosing(false)
    } catch (error) {
      const text = error instanceof ApiError ? error.message : 'That did not work. Try again.'
      setAnswer({ text })
    } finally {
      setBusy(false)
    }
  }
  const others = () =>
    ACTIVITIES.filter((activity) => activity !== props.agent.activity && activity !== 'unknown')
  return (
    <div class="wrong">
      <Show
        when={choosing()}
        fallback={
          <Show when={!answer()?.path}>
            <button type="button" class="btn" onClick={() => setChoosing(true)}>
              That’s wrong
            </button>
          </Show>
        }
      >
        <fieldset disabled={busy()}>
          <legend>What is it really?</legend>
          <For each={others()}>
            {(activity) => (
              <button type="button" class="btn" onClick={() => void send(activity)}>
                <span class={MARKS[activity].tone} aria-hidden="true">
                  {MARKS[activity].glyph}
                </span>
                {MARKS[activity].word}
              </button>
            )}
          </For>
        </fieldset>
      </Show>
      <p role="status">
        {answer()?.text}
        <Show when={answer()?.path}>
          {(path) => (
            <>
              {' '}
              <code>{path()}</code>
            </>
          )}
        </Show>
      </p>
    </div>
  )
}
