import { createSignal, Match, Show, Switch } from 'solid-js'
import type { LostAgent, ResumeStep } from '../../../server/protocol.ts'
import { createAsked } from '../../state/asked.ts'
import { since } from '../../state/clock.ts'
import { windowOfPane } from '../../state/derive.ts'
import { shortPath } from '../../state/home.ts'
import { kindName } from '../../state/kinds.ts'
import { isLost } from '../../state/lost.ts'
import { readSnapshot } from '../../state/memory-api.ts'
import { pathOf } from '../../state/place.ts'
import { agoText, clockText, shellWord, visible } from '../../state/words.ts'
import { Still } from '../../terminal/Still.tsx'
import { useApp } from '../../ui/context.ts'
import { FormError } from '../../ui/FormError.tsx'
import { Name } from '../../ui/Name.tsx'
import { createResume } from '../../ui/resume.ts'

const STEP_MARKS: Readonly<Record<ResumeStep, { glyph: string; tone: string; word: string }>> = {
  waiting: { glyph: '◌', tone: 'idle', word: 'lost' },
  starting: { glyph: '●', tone: 'work', word: 'starting' },
  resumed: { glyph: '✓', tone: 'work', word: 'resumed' },
  failed: { glyph: '▲', tone: 'error', word: 'not resumed' },
}

/** One agent that was lost: what it was at, what it showed last, and the way back. */
export function LostAgentRow(props: { agent: LostAgent }) {
  const app = useApp()
  const resume = createResume()
  const step = () => STEP_MARKS[props.agent.state.state]
  const name = () => props.agent.title || props.agent.session || kindName(props.agent.kind)
  const place = () => {
    const { session, window } = props.agent
    const parts = [session && `session ${session}`, window && `window ${window}`]
    return parts.filter(Boolean).join(', ')
  }
  const back = () => {
    const { pane } = props.agent.state
    if (pane === undefined) return undefined
    return Object.values(app.live.feed.sessions).find((view) => windowOfPane(view, pane))
  }
  /** Its command, unless its new terminal is there already. */
  const canResume = () => (isLost(props.agent) && !back() ? props.agent.resume : undefined)
  return (
    <li class="lost-agent" aria-label={visible(name())}>
      <div class="lost-agent-head">
        <span class={`glyph ${step().tone}`} aria-hidden="true">
          {step().glyph}
        </span>
        <b>
          <Name text={name()} />
        </b>
        <span class="hint">{kindName(props.agent.kind)}</span>
        <span class="step" data-step={props.agent.state.state}>
          {step().word}
        </span>
      </div>
      <p class="hint">
        <Name text={place()} />
        <Show when={place()}>, </Show>
        <Name text={shortPath(props.agent.cwd)} />
        <Show when={!props.agent.hasFolder}> (this folder is gone)</Show>, last seen{' '}
        <span title={new Date(props.agent.lastSeenAt).toLocaleString()}>
          {agoText(since(props.agent.lastSeenAt))}
        </span>
      </p>
      <TurnLine agent={props.agent} />
      <Show when={props.agent.prompt}>
        <p class="said">
          You: “<Name text={props.agent.prompt} />”
        </p>
      </Show>
      <Show when={props.agent.lastWords}>
        <p class="said">
          It said last: “<Name text={props.agent.lastWords} />”
        </p>
      </Show>
      <Show when={props.agent.state.detail}>
        {(detail) => (
          <p class={props.agent.state.state === 'failed' ? 'form-error' : 'hint'}>{detail()}</p>
        )}
      </Show>
      <FormError text={resume.error()} />
      <Show when={canResume()}>
        {(command) => <code class="resume-line">{command().map(shellWord).join(' ')}</code>}
      </Show>
      <Show when={isLost(props.agent) && props.agent.reason}>
        {(reason) => <p class="hint">It cannot be resumed. {reason()}</p>}
      </Show>
      <div class="lost-acts">
        <Show when={back()}>
          {(session) => (
            <a
              class="btn"
              href={pathOf({ page: 'session', session: session().id, view: 'terminal' })}
            >
              Open its terminal
            </a>
          )}
        </Show>
        <Show when={canResume() && app.mayManage()}>
          <button
            type="button"
            class="btn"
            disabled={resume.busy()}
            aria-label={`Resume ${visible(name())}`}
            onClick={() => void resume.start(props.agent.id, true)}
          >
            Resume
          </button>
          <button
            type="button"
            class="btn"
            disabled={resume.busy()}
            aria-label={`Put the command of ${visible(name())} on the prompt`}
            onClick={() => void resume.start(props.agent.id, false)}
          >
            On the prompt
          </button>
        </Show>
        <a
          class="btn quiet"
          href={pathOf({ page: 'agent', agent: props.agent.id, view: 'timeline' })}
        >
          All that is remembered
        </a>
      </div>
      <Show when={props.agent.snapshot}>
        {(snapshot) => <LastScreen agent={props.agent.id} snapshot={snapshot()} />}
      </Show>
    </li>
  )
}

/** How its last turn ended, where it did not end well. */
function TurnLine(props: { agent: LostAgent }) {
  const cut = () => {
    const { turn } = props.agent
    const wasCut =
      turn && (turn.end === undefined || turn.end === 'interrupted' || turn.end === 'lost')
    return wasCut ? turn : undefined
  }
  return (
    <Show when={cut()}>
      {(turn) => (
        <p class="cut-turn">
          <span class="error" aria-hidden="true">
            ⊗
          </span>{' '}
          Turn {turn().generation} was cut off after{' '}
          {clockText(props.agent.lastSeenAt - turn().startedAt)}.
          <Show when={turn().tool}>
            {(tool) => (
              <>
                {' '}
                <code>
                  <Name text={tool()} />
                </code>{' '}
                ran then; its outcome is unknown.
              </>
            )}
          </Show>
        </p>
      )}
    </Show>
  )
}

/** Read when it is unfolded. */
function LastScreen(props: { agent: string; snapshot: string }) {
  const [isOpen, setOpen] = createSignal(false)
  const shown = createAsked(
    () => (isOpen() ? props.snapshot : undefined),
    (snapshot, signal) => readSnapshot(props.agent, snapshot, signal),
  )
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Its last screen</summary>
      <Switch fallback={<p class="hint">Reading it</p>}>
        <Match when={shown.value()}>
          {(answer) => <Still text={answer().screen} cols={answer().snapshot.cols} />}
        </Match>
        <Match when={shown.error()}>{(text) => <p class="form-error">{text()}</p>}</Match>
      </Switch>
    </details>
  )
}
