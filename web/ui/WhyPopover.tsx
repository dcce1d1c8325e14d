import { Popover } from '@kobalte/core/popover'
import X from 'lucide-solid/icons/x'
import { createEffect, createResource, createSignal, For, type JSX, on, Show } from 'solid-js'
import type { AgentView, Evidence, EvidenceSource, TurnView } from '../../server/protocol.ts'
import { ApiError, agentEvidence, agentTurns } from '../state/api.ts'
import { since } from '../state/clock.ts'
import { kindName } from '../state/kinds.ts'
import { ageText, agoText, clockText, exactTime, shortCount } from '../state/words.ts'
import '../style/why.css'
import { stateText } from './AgentParts.tsx'
import { useApp } from './context.ts'
import { Name } from './Name.tsx'
import { WrongForm } from './WrongForm.tsx'

/** What each source is, for people who never read of hooks. */
const SOURCES: Readonly<Record<EvidenceSource, string>> = {
  process: 'the process itself',
  live: 'its own status file or title',
  hook: 'an event that it reported (hook)',
  transcript: 'its log of the conversation',
  screen: 'the rows on its screen',
  silence: 'its silence (nothing is printed)',
}

/** What a source says, as the end of a sentence; words of a newer server stand as they are. */
const WORDS: Readonly<Record<string, string>> = {
  started: 'a conversation began',
  prompted: 'it was given a prompt',
  working: 'it works',
  asking: 'it asks',
  retrying: 'it tries again',
  idle: 'it waits for you',
  failed: 'it stopped with an error',
  ended: 'it has ended',
  unknown: 'nobody knows',
}

/** Turns shown. */
const TURNS = 5

interface PopoverProps {
  agent: AgentView
  class: string
  label: string
  face: JSX.Element
}

/** Why an agent's state reads as it does: the source, its line, its time, and what the others say. */
export function WhyPopover(props: PopoverProps) {
  const { live } = useApp()
  const [open, setOpen] = createSignal(true)
  const asked = () => (open() ? props.agent.id : undefined)
  const [words, { refetch }] = createResource(asked, (id) => settle(agentEvidence(id)))
  const [turns] = createResource(asked, (id) => settle(agentTurns(id)))
  const shown = () => stateText(props.agent)
  // What the sources say has changed when the answer has.
  createEffect(
    on(
      () => [props.agent.activity, props.agent.liveness, props.agent.evidence.at],
      () => {
        if (open()) void refetch()
      },
      { defer: true },
    ),
  )
  return (
    <Popover open={open()} onOpenChange={setOpen} placement="bottom-start" gutter={4} fitViewport>
      <Popover.Trigger class={props.class} aria-label={props.label} title="Why?">
        {props.face}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content class="why-box">
          <div class="why-head">
            <Popover.Title class="why-title">
              {kindName(props.agent.kind)} is {shown().word}
            </Popover.Title>
            <Popover.CloseButton class="btn quiet icon" aria-label="Close">
              <X aria-hidden="true" />
            </Popover.CloseButton>
          </div>
          <Said evidence={props.agent.evidence} />
          <Show when={words.latest?.value?.sources}>
            {(sources) => (
              <Show when={sources().length > 0}>
                <h3>All sources</h3>
                <ul class="sources">
                  <For each={sources()}>
                    {(word) => (
                      <li>
                        <span>
                          {SOURCES[word.source]}: <b>{WORDS[word.says] ?? word.says}</b>
                        </span>
                        <span class="faint" title={exactTime(word.at)}>
                          {ageText(since(word.at))}, {word.confidence}
                        </span>
                        <Show when={word.line}>
                          <code>
                            <Name text={word.line} />
                          </code>
                        </Show>
                      </li>
                    )}
                  </For>
                </ul>
              </Show>
            )}
          </Show>
          <Show when={words.latest?.error}>{(text) => <p class="hint">{text()}</p>}</Show>
          <Show when={turns.latest?.value?.turns.slice(0, TURNS)}>
            {(list) => (
              <Show when={list().length > 0}>
                <h3>Turns</h3>
                <ul class="sources">
                  <For each={list()}>{(turn) => <Turn turn={turn} />}</For>
                </ul>
              </Show>
            )}
          </Show>
          <Show
            when={
              live.feed.scope !== 'watch' && !props.agent.parent && props.agent.liveness === 'live'
            }
          >
            <WrongForm agent={props.agent} />
          </Show>
        </Popover.Content>
      </Popover.Portal>
    </Popover>
  )
}

/** An answer or the sentence that stands for it. */
async function settle<T>(answer: Promise<T>): Promise<{ value?: T; error?: string }> {
  try {
    return { value: await answer }
  } catch (error) {
    return {
      error: error instanceof ApiError ? error.message : 'The dogwatch server did not answer.',
    }
  }
}

function Said(props: { evidence: Evidence }) {
  const time = () => new Date(props.evidence.at).toLocaleTimeString()
  return (
    <div class="said" data-testid="evidence">
      <p>
        Told by {SOURCES[props.evidence.source]}, {props.evidence.confidence} confidence,{' '}
        <time dateTime={new Date(props.evidence.at).toISOString()} title={time()}>
          {agoText(since(props.evidence.at))}
        </time>
      </p>
      <Show when={props.evidence.line}>
        <code>
          <Name text={props.evidence.line} />
        </code>
      </Show>
    </div>
  )
}

function Turn(props: { turn: TurnView }) {
  const lasted = () => {
    const { startedAt, endedAt } = props.turn
    return clockText(endedAt === undefined ? since(startedAt) : endedAt - startedAt)
  }
  const tokens = () => {
    const { input, output } = props.turn.usage
    if (input === undefined && output === undefined) return ''
    return `, ${shortCount((input ?? 0) + (output ?? 0))} tokens`
  }
  return (
    <li>
      <span>
        <b>{props.turn.endedAt === undefined ? 'running' : (props.turn.end ?? 'ended')}</b>{' '}
        {lasted()}
        {tokens()}
      </span>
      <span class="faint" title={exactTime(props.turn.startedAt)}>
        {agoText(since(props.turn.startedAt))}
      </span>
      <Show when={props.turn.prompt}>
        <span class="excerpt">
          <Name text={props.turn.prompt} />
        </span>
      </Show>
    </li>
  )
}
