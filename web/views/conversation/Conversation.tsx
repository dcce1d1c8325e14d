import ArrowDown from 'lucide-solid/icons/arrow-down'
import ChevronDown from 'lucide-solid/icons/chevron-down'
import ChevronUp from 'lucide-solid/icons/chevron-up'
import { createSignal, For, Match, Show, Switch } from 'solid-js'
import { kindName } from '../../state/kinds.ts'
import { offerSteps } from '../../ui/steps.ts'
import type { ViewProps } from '../view.ts'
import { createConversation } from './conversation.ts'
import { PartView } from './PartView.tsx'
import { createReading } from './reading.ts'
import '../../style/conversation.css'

/** The agent's own transcript, readable, growing while it works. */
export function Conversation(props: ViewProps) {
  const talk = createConversation(() => props.agent)
  const [scroller, setScroller] = createSignal<HTMLElement>()
  const reading = createReading(scroller, talk, () => props.at)
  offerSteps({ element: scroller, step: reading.jump })

  return (
    <section class="conversation" aria-label="Conversation">
      <Show when={reading.lookup()}>
        {(state) => <p class="talk-note">{LOOKUP_WORDS[state()]}</p>}
      </Show>
      <Show when={talk.parts.length > 0 && talk.error()}>
        {(error) => (
          <p class="talk-note">
            What is newest could not be read: {error()}{' '}
            <button type="button" class="btn" onClick={talk.again}>
              Try again
            </button>
          </p>
        )}
      </Show>
      <section
        class="talk"
        ref={setScroller}
        tabindex="0"
        aria-label="What was said"
        onScroll={reading.onScroll}
      >
        <Switch>
          <Match when={talk.parts.length > 0}>
            <div class="talk-page" ref={reading.follow}>
              <Show when={talk.hasOlder()}>
                <button type="button" class="btn older" onClick={() => void reading.showOlder()}>
                  Show what was said before
                </button>
              </Show>
              <For each={talk.parts}>{(part) => <PartView part={part} agent={props.agent} />}</For>
            </div>
          </Match>
          <Match when={talk.error()}>
            {(error) => (
              <div class="empty">
                <h2>The conversation cannot be read now</h2>
                <p>{error()}</p>
                <button type="button" class="btn" onClick={talk.again}>
                  Try again
                </button>
              </div>
            )}
          </Match>
          <Match when={talk.isAbsent()}>
            <div class="empty">
              <h2>No transcript was found</h2>
              <p>
                {kindName(props.agent.kind)} keeps none here, or has not begun one. The terminal and
                the timeline show what it printed.
              </p>
            </div>
          </Match>
          <Match when={talk.isLoading()}>
            <p class="waiting">Reading the transcript</p>
          </Match>
          <Match when={true}>
            <div class="empty">
              <h2>Nothing was said yet</h2>
              <p>The first prompt and its answer will stand here.</p>
            </div>
          </Match>
        </Switch>
      </section>
      <Show when={talk.parts.length > 0}>
        <div class="talk-jumps">
          <button
            type="button"
            class="btn icon"
            aria-label="Previous prompt"
            aria-keyshortcuts="<"
            title="Previous prompt (<)"
            onClick={() => reading.jump(-1)}
          >
            <ChevronUp aria-hidden="true" />
          </button>
          <button
            type="button"
            class="btn icon"
            aria-label="Next prompt"
            aria-keyshortcuts=">"
            title="Next prompt (>)"
            onClick={() => reading.jump(1)}
          >
            <ChevronDown aria-hidden="true" />
          </button>
          <Show when={!reading.follows()}>
            <button type="button" class="btn" onClick={reading.toEnd}>
              <ArrowDown aria-hidden="true" />
              Latest
            </button>
          </Show>
        </div>
      </Show>
    </section>
  )
}

const LOOKUP_WORDS = {
  looking: 'Looking for that place further up',
  missing: 'That place is not in this conversation any more, or lies too far back.',
} as const
