import ChevronRight from 'lucide-solid/icons/chevron-right'
import { createEffect, Show } from 'solid-js'
import type { AgentView } from '../../server/protocol.ts'
import { nextNeed, REASON_MARKS, WAITING_WORDS } from '../state/attention.ts'
import { markSeen } from '../state/attention-api.ts'
import { since } from '../state/clock.ts'
import { exactTime, longAge } from '../state/words.ts'
import { AttentionActs, SnoozedActs } from './AttentionActs.tsx'
import { useApp } from './context.ts'
import { isPageSeen } from './looking.ts'

/** What the agent in sight waits for, and the way to the next one that waits. */
export function AskBar(props: {
  agent: AgentView | undefined
  inSight: boolean
  /** Another terminal stands beside: the room is for what waits here, the list shows the others. */
  beside?: boolean
}) {
  const app = useApp()
  const item = () => (props.agent ? app.needs().get(props.agent.id) : undefined)
  const next = () =>
    nextNeed(app.needPlaces(), { session: props.agent?.session, agent: props.agent?.id })
  createEffect(() => {
    const need = item()
    if (!need || !props.inSight || need.seenAt !== undefined || !isPageSeen()) return
    markSeen(need.id).catch(() => {
      // Only a note of who saw it: what matters stands in the list until somebody acts.
    })
  })
  const aside = () => (props.agent ? app.needsAside().get(props.agent.id) : undefined)
  const others = () => app.needPlaces().length - (item() ? 1 : 0)
  return (
    <Show when={item() || aside() || (others() > 0 && !props.beside)}>
      <div class="ask-bar" classList={{ quiet: !item() }}>
        <Show when={item()}>
          {(need) => (
            <Show when={props.agent}>
              {(agent) => (
                <>
                  <span
                    class={`waiting-for ${REASON_MARKS[need().reason].tone}`}
                    title={`Since ${exactTime(need().since)}.`}
                  >
                    <span aria-hidden="true">{REASON_MARKS[need().reason].glyph}</span>{' '}
                    {WAITING_WORDS[need().reason]}{' '}
                    <Show when={longAge(since(need().since))}>
                      {(age) => <span class="for">for {age()}</span>}
                    </Show>
                  </span>
                  <AttentionActs agent={agent()} item={need()} whole />
                </>
              )}
            </Show>
          )}
        </Show>
        <Show when={aside()}>{(need) => <SnoozedActs item={need()} />}</Show>
        <Show when={!props.beside && next()}>
          {(place) => (
            <button
              type="button"
              class="btn next"
              aria-label="Next that needs you"
              onClick={() => app.openNeed(place())}
            >
              <span class="label">
                Next<span class="rest"> that needs you</span>
              </span>
              <ChevronRight aria-hidden="true" />
            </button>
          )}
        </Show>
      </div>
    </Show>
  )
}
