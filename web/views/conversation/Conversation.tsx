import ArrowDown from 'lucide-solid/icons/arrow-down'
import ChevronDown from 'lucide-solid/icons/chevron-down'
import ChevronUp from 'lucide-solid/icons/chevron-up'
import { createEffect, createSignal, For, Match, onCleanup, Show, Switch } from 'solid-js'
import { kindName } from '../../state/kinds.ts'
import type { ViewProps } from '../view.ts'
import { createConversation } from './conversation.ts'
import { PartView } from './PartView.tsx'
import { entryId } from './parts.ts'
import '../../style/conversation.css'

/** So near to its end (CSS pixels) the page follows what comes. */
const NEAR = 80

/** The agent's own transcript, readable, growing while it works. */
export function Conversation(props: ViewProps) {
  const talk = createConversation(() => props.agent)
  const [follows, setFollows] = createSignal(true)
  let scroller: HTMLElement | undefined

  const toEnd = () => {
    if (scroller) scroller.scrollTop = scroller.scrollHeight
  }
  // Not only new words move the end: what comes near is drawn, and is higher than was guessed.
  const grown = new ResizeObserver(() => {
    if (follows() && props.at === undefined) toEnd()
  })
  onCleanup(() => grown.disconnect())
  // The address names an entry: it is brought into sight once, when it is there.
  let shown: string | undefined
  createEffect(() => {
    const at = props.at
    if (at === undefined || at === shown || talk.parts().length === 0) return
    shown = at
    requestAnimationFrame(() => document.getElementById(entryId(at))?.scrollIntoView())
  })

  const prompts = () => [...(scroller?.querySelectorAll<HTMLElement>('.part[data-prompt]') ?? [])]
  const jump = (step: 1 | -1) => {
    const top = (scroller?.getBoundingClientRect().top ?? 0) + 8
    const all = prompts().map((element) => ({ element, y: element.getBoundingClientRect().top }))
    const target =
      step > 0 ? all.find(({ y }) => y > top + 4) : all.findLast(({ y }) => y < top - 4)
    target?.element.scrollIntoView({ block: 'start' })
  }
  const older = async () => {
    const height = scroller?.scrollHeight ?? 0
    await talk.loadOlder()
    // What was in sight stays where it is.
    if (scroller) scroller.scrollTop += scroller.scrollHeight - height
  }

  return (
    <section class="conversation" aria-label="Conversation">
      <section
        class="talk"
        ref={scroller}
        tabindex="0"
        aria-label="What was said"
        onScroll={(event) => {
          const { scrollTop, scrollHeight, clientHeight } = event.currentTarget
          setFollows(scrollHeight - scrollTop - clientHeight < NEAR)
        }}
      >
        <Switch>
          <Match when={talk.parts().length > 0}>
            <div class="talk-page" ref={(page) => grown.observe(page)}>
              <Show when={talk.hasOlder()}>
                <button type="button" class="btn older" onClick={() => void older()}>
                  Show what was said before
                </button>
              </Show>
              <For each={talk.parts()}>
                {(part) => <PartView part={part} agent={props.agent} />}
              </For>
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
      <Show when={talk.parts().length > 0}>
        <div class="talk-jumps">
          <button
            type="button"
            class="btn icon"
            aria-label="Previous prompt"
            title="Previous prompt"
            onClick={() => jump(-1)}
          >
            <ChevronUp aria-hidden="true" />
          </button>
          <button
            type="button"
            class="btn icon"
            aria-label="Next prompt"
            title="Next prompt"
            onClick={() => jump(1)}
          >
            <ChevronDown aria-hidden="true" />
          </button>
          <Show when={!follows()}>
            <button type="button" class="btn" onClick={toEnd}>
              <ArrowDown aria-hidden="true" />
              Latest
            </button>
          </Show>
        </div>
      </Show>
    </section>
  )
}
