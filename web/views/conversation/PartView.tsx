import Copy from 'lucide-solid/icons/copy'
import { createMemo, createSignal, For, Match, Show, Switch } from 'solid-js'
import type { AgentView, TranscriptEntry, TurnView } from '../../../server/protocol.ts'
import { serverNow } from '../../state/clock.ts'
import { kindName } from '../../state/kinds.ts'
import { ageText, clockText, counted, shortCount } from '../../state/words.ts'
import { copyText } from '../../terminal/clipboard.ts'
import { useApp } from '../../ui/context.ts'
import { Foreign } from '../../ui/Name.tsx'
import { Markdown } from './Markdown.tsx'
import { entryId, type Part } from './parts.ts'
import { ToolView } from './ToolView.tsx'

/** A prompt and all that followed it, up to the next one. */
export function PartView(props: { part: Part; agent: AgentView }) {
  const [isSkipped, setSkipped] = createSignal(false)
  // Ages that nobody sees stand still: thousands of them would take a frame of every second.
  const now = createMemo<number>((held) => (isSkipped() ? held : serverNow()), serverNow())
  return (
    <article
      class="talk-part"
      on:contentvisibilityautostatechange={({ skipped }: ContentVisibilityAutoStateChangeEvent) =>
        setSkipped(skipped)
      }
    >
      <Show when={props.part.prompt}>
        {(prompt) => (
          <div class="said user prompt" id={entryId(prompt().id)} tabindex="-1">
            <SaidHead who="You" entry={prompt()} now={now()} />
            <p class="plain">
              <Foreign text={prompt().text} />
            </p>
            <Cut entry={prompt()} />
          </div>
        )}
      </Show>
      <For each={props.part.entries}>
        {(entry) => <EntryView entry={entry} agent={props.agent} now={now()} />}
      </For>
      <Show when={props.part.turn}>{(turn) => <TurnLine turn={turn()} now={now()} />}</Show>
    </article>
  )
}

function EntryView(props: { entry: TranscriptEntry; agent: AgentView; now: number }) {
  const who = () => (props.entry.subagent ? 'Subagent' : kindName(props.agent.kind))
  return (
    <div
      class={`said ${props.entry.type}`}
      classList={{ subagent: props.entry.subagent !== undefined }}
      id={entryId(props.entry.id)}
      tabindex="-1"
    >
      <Switch>
        <Match when={props.entry.tool}>{(tool) => <ToolView tool={tool()} />}</Match>
        <Match when={props.entry.type === 'thinking'}>
          <details class="thinking">
            <summary>Thinking</summary>
            <Markdown text={props.entry.text} />
          </details>
        </Match>
        <Match when={props.entry.type === 'agent'}>
          <SaidHead who={who()} entry={props.entry} now={props.now} />
          <Markdown text={props.entry.text} />
        </Match>
        <Match when={true}>
          <p class="plain">
            <Foreign text={props.entry.text} />
          </p>
        </Match>
      </Switch>
      <Cut entry={props.entry} />
    </div>
  )
}

function SaidHead(props: { who: string; entry: TranscriptEntry; now: number }) {
  const app = useApp()
  const copy = async () => {
    const done = await copyText(props.entry.text)
    app.say(done ? 'Text copied.' : 'This page may not use the clipboard here.')
  }
  return (
    <div class="said-head">
      <b>{props.who}</b>
      <Show when={props.entry.at > 0}>
        <time
          datetime={new Date(props.entry.at).toISOString()}
          title={new Date(props.entry.at).toLocaleString()}
        >
          {ageText(Math.max(0, props.now - props.entry.at))}
        </time>
      </Show>
      <button
        type="button"
        class="btn quiet icon"
        aria-label="Copy this text"
        title="Copy this text"
        onClick={() => void copy()}
      >
        <Copy aria-hidden="true" />
      </button>
    </div>
  )
}

function Cut(props: { entry: TranscriptEntry }) {
  return (
    <Show when={props.entry.cut}>
      {(cut) => <p class="cut">Cut here: {counted(cut(), 'character')} more.</p>}
    </Show>
  )
}

const END_WORDS: Readonly<Record<NonNullable<TurnView['end']>, string>> = {
  done: 'Done',
  asked: 'Asked you',
  interrupted: 'Interrupted',
  failed: 'Failed',
  lost: 'Lost sight of',
}

/** How long the turn took and what it cost. */
function TurnLine(props: { turn: TurnView; now: number }) {
  const ran = () => clockText((props.turn.endedAt ?? props.now) - props.turn.startedAt)
  const word = () => (props.turn.end ? END_WORDS[props.turn.end] : 'Working')
  const facts = () => {
    const { usage, tools } = props.turn
    return [
      tools > 0 ? counted(tools, 'tool call') : '',
      usage.input === undefined ? '' : `${shortCount(usage.input)} tokens in`,
      usage.output === undefined ? '' : `${shortCount(usage.output)} out`,
      usage.costUsd === undefined ? '' : `$${usage.costUsd.toFixed(2)}`,
    ].filter(Boolean)
  }
  return (
    <p class={`turn-line ${props.turn.end ?? 'running'}`}>
      {word()} <span class="clock">{ran()}</span>
      <For each={facts()}>{(fact) => <span>{fact}</span>}</For>
    </p>
  )
}
