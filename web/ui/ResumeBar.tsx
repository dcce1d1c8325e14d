import { createEffect, createSignal, on, Show } from 'solid-js'
import type { AgentView } from '../../server/protocol.ts'
import { agentName, isCodingAgent, paneToShow } from '../state/agents.ts'
import { windowOfPane } from '../state/derive.ts'
import { visible } from '../state/words.ts'
import { useApp } from './context.ts'
import { createResume } from './resume.ts'

/** Under what is remembered of an agent that has ended: the way back into its conversation. */
export function ResumeBar(props: { agent: AgentView }) {
  const app = useApp()
  const resume = createResume()
  const [pane, setPane] = createSignal<string>()
  const canReturn = () =>
    props.agent.liveness !== 'live' &&
    isCodingAgent(props.agent) &&
    props.agent.conversation !== undefined &&
    app.mayManage()
  const session = () => {
    const wanted = pane()
    if (wanted === undefined) return undefined
    return Object.values(app.live.feed.sessions).find((view) => windowOfPane(view, wanted))
  }
  // Its new terminal is shown as soon as the feed knows it.
  createEffect(
    on(session, (view) => {
      const wanted = pane()
      if (!view || wanted === undefined) return
      setPane(undefined)
      app.tabs.choosePane(view.id, paneToShow(view, wanted))
      app.go(view.id)
    }),
  )
  const start = async (run: boolean) => {
    const state = await resume.start(props.agent.id, run)
    if (state?.pane !== undefined) setPane(state.pane)
  }
  return (
    <Show when={canReturn()}>
      <div class="ask-bar quiet">
        <span class="ended-words">
          <Show when={resume.error()} fallback={`${visible(agentName(props.agent))} has ended.`}>
            {(text) => (
              <span class="error" role="alert">
                {text()}
              </span>
            )}
          </Show>
        </span>
        <button
          type="button"
          class="btn go"
          disabled={resume.busy() || pane() !== undefined}
          onClick={() => void start(true)}
        >
          Resume
        </button>
        <button
          type="button"
          class="btn"
          disabled={resume.busy() || pane() !== undefined}
          title="The command stands on the prompt of a new terminal; you press Enter"
          onClick={() => void start(false)}
        >
          On the prompt
        </button>
      </div>
    </Show>
  )
}
