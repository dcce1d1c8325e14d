import { createEffect, createMemo, createSignal, Match, on, Show, Switch } from 'solid-js'
import { createAsked } from '../../state/asked.ts'
import { serverNow } from '../../state/clock.ts'
import { lookedBefore } from '../../state/looked.ts'
import { compareSnapshots, turnText } from '../../state/memory-api.ts'
import { momentOf } from '../../state/place.ts'
import { counted } from '../../state/words.ts'
import type { ViewProps } from '../view.ts'
import { Compared } from './Compared.tsx'
import { Film } from './Film.tsx'
import { MomentHead } from './MomentHead.tsx'
import { Screen } from './Screen.tsx'
import { Strip } from './Strip.tsx'
import { segmentsOf, snapshotAt } from './strip.ts'
import { TurnText } from './TurnText.tsx'
import { createTimeline } from './timeline.ts'
import '../../style/timeline.css'

/** What stands below the strip: one moment, two moments compared, or all that a turn printed. */
type Below =
  | { show: 'moment' }
  | { show: 'compared'; from: string; since: boolean }
  | { show: 'turn'; generation: number }

/** Turns and what the terminal showed in them, to go through like a film. */
export function Timeline(props: ViewProps) {
  const timeline = createTimeline(() => props.agent)
  const [chosen, setChosen] = createSignal<string>()
  const [below, setBelow] = createSignal<Below>({ show: 'moment' })
  const [note, setNote] = createSignal<string>()
  const lookedAt = lookedBefore(props.agent.id, serverNow())

  const newest = () => timeline.snapshots().at(-1)
  // Until a moment is chosen the newest is shown, also while newer ones come.
  const current = createMemo(
    () => timeline.snapshots().find(({ id }) => id === chosen()) ?? newest(),
  )
  createEffect(
    on([() => props.at, () => newest() !== undefined], async ([at, isRead]) => {
      if (at === undefined || !isRead) return
      const { snapshot } = momentOf(at)
      setNote(undefined)
      setChosen(snapshot)
      setBelow({ show: 'moment' })
      if (await timeline.find(snapshot)) return
      // What could not be read may be kept: that is said as the error that it is.
      if (at !== props.at || timeline.error() !== undefined) return
      setNote('That moment is not kept any more. This is the newest one.')
    }),
  )
  const choose = (id: string | undefined) => {
    setNote(undefined)
    setChosen(id)
    if (below().show === 'turn') setBelow({ show: 'moment' })
  }
  const segments = createMemo(() => segmentsOf(timeline.turns(), timeline.snapshots(), serverNow()))
  const shown = createAsked(
    () => current()?.id,
    (id, signal) => timeline.read(id, signal),
  )
  /** The line that the address points to, of the moment in sight. */
  const line = () => {
    const place = props.at === undefined ? undefined : momentOf(props.at)
    return place?.snapshot === shown.value()?.snapshot.id ? place?.line : undefined
  }
  const isShown = () => shown.error() !== undefined || shown.value()?.snapshot.id === current()?.id
  /** The two moments to compare, the older one first. */
  const pair = createMemo(
    () => {
      const [now, to] = [is('compared'), current()]
      const from = timeline.snapshots().find(({ id }) => id === now?.from)
      if (!from || !to || from.id === to.id) return undefined
      return from.at <= to.at ? { from: from.id, to: to.id } : { from: to.id, to: from.id }
    },
    undefined,
    { equals: (one, other) => one?.from === other?.from && one?.to === other?.to },
  )
  const compared = createAsked(pair, ({ from, to }, signal) =>
    compareSnapshots(props.agent.id, from, to, signal),
  )
  const difference = () => {
    const [two, answer] = [pair(), compared.value()]
    return two?.from === answer?.from.id && two?.to === answer?.to.id ? answer : undefined
  }
  const text = createAsked(
    () => is('turn')?.generation,
    (generation, signal) => turnText(props.agent.id, generation, signal),
  )
  const since = () => {
    const seen = snapshotAt(timeline.snapshots(), lookedAt)
    return seen && seen.id !== newest()?.id ? seen : undefined
  }
  function is<Name extends Below['show']>(name: Name) {
    const now = below()
    return now.show === name ? (now as Extract<Below, { show: Name }>) : undefined
  }

  return (
    <section class="timeline" aria-label="Timeline">
      <Switch>
        <Match when={current()}>
          {(moment) => (
            <>
              <Strip
                segments={segments()}
                current={moment().id}
                onChoose={choose}
                hasOlder={timeline.hasOlder()}
                onOlder={() => void timeline.loadOlder()}
              />
              <Film
                moments={timeline.snapshots()}
                current={moment().id}
                isShown={isShown()}
                onChoose={choose}
              />
              <MomentHead
                moment={moment()}
                isNewest={moment().id === newest()?.id}
                isScreen={below().show === 'moment'}
                since={since()}
                onNewest={() => choose(undefined)}
                onSince={(from) => {
                  choose(undefined)
                  setBelow({ show: 'compared', from, since: true })
                }}
                onCompare={() => setBelow({ show: 'compared', from: moment().id, since: false })}
                onScreen={() => setBelow({ show: 'moment' })}
                onTurn={() => setBelow({ show: 'turn', generation: moment().generation })}
              />
              <Show when={note() ?? timeline.error()}>
                {(words) => <p class="timeline-note">{words()}</p>}
              </Show>
              {/* It scrolls both ways, and keys must reach it. */}
              <section
                class="timeline-below"
                classList={{ late: below().show === 'moment' && !isShown() }}
                tabindex="0"
                aria-label="What the terminal showed"
              >
                <Switch>
                  <Match when={is('turn')}>
                    {(turn) => (
                      <TurnText
                        answer={
                          text.value()?.generation === turn().generation ? text.value() : undefined
                        }
                        error={text.error()}
                      />
                    )}
                  </Match>
                  <Match when={is('compared')}>
                    {(two) => (
                      <Compared
                        isSame={pair() === undefined}
                        since={two().since ? lookedAt : undefined}
                        answer={difference()}
                        error={compared.error()}
                      />
                    )}
                  </Match>
                  <Match when={shown.error()}>
                    {(error) => <p class="field-error">{error()}</p>}
                  </Match>
                  <Match when={shown.value()}>
                    {(answer) => (
                      <>
                        <Show when={answer().cut > 0}>
                          <p class="cut">
                            {counted(answer().cut, 'line')} before this moment were too many to
                            keep.
                          </p>
                        </Show>
                        <Screen answer={answer()} line={line()} />
                      </>
                    )}
                  </Match>
                </Switch>
              </section>
            </>
          )}
        </Match>
        <Match when={timeline.error()}>
          {(error) => (
            <div class="empty">
              <h2>What is remembered cannot be read now</h2>
              <p>{error()}</p>
              <button type="button" class="btn" onClick={timeline.again}>
                Try again
              </button>
            </div>
          )}
        </Match>
        <Match when={timeline.isLoading()}>
          <p class="waiting">Reading what is remembered</p>
        </Match>
        <Match when={true}>
          <div class="empty">
            <h2>Nothing is remembered of this agent yet</h2>
            <p>While a turn runs, its terminal is kept every now and then, and once at its end.</p>
          </div>
        </Match>
      </Switch>
    </section>
  )
}
