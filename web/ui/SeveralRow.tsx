import { Show } from 'solid-js'
import type { AgentView, PromptReceipt } from '../../server/protocol.ts'
import { agentName } from '../state/agents.ts'
import { shortPath } from '../state/home.ts'
import { kindName } from '../state/kinds.ts'
import { Glyph, stateText } from './AgentParts.tsx'
import { useApp } from './context.ts'
import { Name } from './Name.tsx'

/** What became of the prompt for one agent. */
export type Sent =
  | { name: 'sending' }
  | { name: 'receipt'; receipt: PromptReceipt; detail: string | undefined }
  /** Nothing was typed. */
  | { name: 'refused'; message: string }
  /** Nobody knows; the same request again types nothing twice. */
  | { name: 'unknown'; message: string; request: string }

/** One agent that may be chosen, and what became of the prompt for it. */
export function SeveralRow(props: {
  agent: AgentView | undefined
  ready: boolean
  chosen: boolean
  sent: Sent | undefined
  onToggle(): void
}) {
  const { feed } = useApp().live
  return (
    <Show when={props.agent} fallback={<li>It has ended.</li>}>
      {(agent) => (
        <li data-sent={props.sent?.name}>
          <label class="pick">
            <input
              type="checkbox"
              checked={props.chosen}
              disabled={!props.ready && !props.chosen}
              onChange={() => props.onToggle()}
            />
            <Glyph agent={agent()} />
            <span class="about">
              <Name text={feed.sessions[agent().session]?.name ?? agentName(agent())} />
              <small>
                {kindName(agent().kind)}, {state(agent())}, <Name text={shortPath(agent().cwd)} />
              </small>
            </span>
          </label>
          <Show when={props.sent}>
            {(sent) => <span class={`told ${toneOf(sent())}`}>{wordsOf(sent())}</span>}
          </Show>
        </li>
      )}
    </Show>
  )
}

function state(agent: AgentView): string {
  const { word, age } = stateText(agent)
  return age ? `${word} ${age}` : word
}

function wordsOf(sent: Sent): string {
  switch (sent.name) {
    case 'sending':
      return 'Sending…'
    case 'receipt':
      return sent.receipt === 'submitted' ? 'Submitted' : (sent.detail ?? 'Typed, not submitted')
    case 'refused':
      return `Not sent. ${sent.message}`
    case 'unknown':
      return `${sent.message} It may have arrived; trying again types nothing twice.`
    default:
      return sent satisfies never
  }
}

function toneOf(sent: Sent): string {
  if (sent.name === 'sending') return 'idle'
  return sent.name === 'receipt' && sent.receipt === 'submitted' ? 'work' : 'needs'
}
