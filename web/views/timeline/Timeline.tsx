import {
  createEffect,
  createMemo,
  createSignal,
  Match,
  on,
  onCleanup,
  Show,
  Switch,
} from 'solid-js'
import { createAsked } from '../../state/asked.ts'
import { serverNow } from '../../state/clock.ts'
import { lookedBefore, noteLook } from '../../state/looked.ts'
import { compareSnapshots, turnText } from '../../state/memory-api.ts'
import { Still } from '../../terminal/Still.tsx'
import type { ViewProps } from '../view.ts'
import { Compared } from './Compared.tsx'
import { Film } from './Film.tsx'
import { MomentHead } from './MomentHead.tsx'
import { Strip } from './Strip.tsx'
import { segmentsOf, snapshotAt } from './strip.ts'
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
  const lookedAt = lookedBefore(props.agent.id, serverNow())
  noteLook(props.agent.id, serverNow())
  onCleanup(() => noteLook(props.agent.id, serverNow()))

  // Until a moment is chosen the newest is shown, also while newer ones come.
  const current = createMemo(() => {
    const all = timeline.snapshots()
    return all.find(({ id }) => id === chosen()) ?? all.at(-1)
  })
  createEffect(
    on(
      () => props.at,
      (at) => {
        if (at === undefined) return
        setChosen(at)
        setBelow({ show: 'moment' })
      },
    ),
  )
  const segments = createMemo(() => segmentsOf(timeline.turns(), timeline.snapshots(), serverNow()))
  const shown = createAsked(
    () => current()?.id,
    (id) => timeline.read(id),
  )
  const compared = createAsked(
    () => {
      const [now, to] = [below(), current()?.id]
      return now.show === 'compared' && to !== undefined && to !== now.from
        ? `${now.from} ${to}`
        : undefined
    },
    (key, signal) => {
      const [from = '', to = ''] = key.split(' ')
      return compareSnapshots(props.agent.id, from, to, signal)
    },
  )
  const text = createAsked(
    () => {
      const now = below()
      return now.show === 'turn' ? now.generation : undefined
    },
    (generation, signal) => turnText(props.agent.id, generation, signal),
  )
  const since = () => {
    const seen = snapshotAt(timeline.snapshots(), lookedAt)
    return seen && seen.id !== timeline.snapshots().at(-1)?.id ? seen : undefined
  }
  const is = <Name extends Below['show']>(name: Name) => {
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
                onChoose={(id) => {
                  setChosen(id)
                  if (below().show === 'turn') setBelow({ show: 'moment' })
                }}
                hasOlder={timeline.hasOlder()}
                onOlder={() => void timeline.loadOlder()}
              />
              <Film
                moments={timeline.snapshots()}
                current={moment().id}
                onChoose={(id) => setChosen(id)}
              />
              <MomentHead
                moment={moment()}
                isNewest={moment().id === timeline.snapshots().at(-1)?.id}
                from={is('compared')?.from}
                since={since()}
                onSince={(from) => {
                  setChosen(undefined)
                  setBelow({ show: 'compared', from, since: true })
                }}
                onCompare={() => setBelow({ show: 'compared', from: moment().id, since: false })}
                onMoment={() => setBelow({ show: 'moment' })}
                isTurn={is('turn') !== undefined}
                onTurn={() => setBelow({ show: 'turn', generation: moment().generation })}
              />
              <div class="timeline-below">
                <Switch>
                  <Match when={is('turn')}>
                    <Show
                      when={text.value()}
                      fallback={<p class="waiting">{text.error() ?? 'Reading the turn'}</p>}
                    >
                      {(turn) => (
                        <>
                          <Show when={turn().missing > 0}>
                            <p class="cut">{turn().missing} lines of this turn are not kept.</p>
                          </Show>
                          <Still text={turn().text} cols={moment().cols} />
                        </>
                      )}
                    </Show>
                  </Match>
                  <Match when={is('compared')}>
                    {(pair) => (
                      <Compared
                        isSame={pair().from === moment().id}
                        since={pair().since ? lookedAt : undefined}
                        answer={compared.value()}
                        error={compared.error()}
                      />
                    )}
                  </Match>
                  <Match when={shown.value()}>
                    {(answer) => (
                      <>
                        <Show when={answer().cut > 0}>
                          <p class="cut">
                            {answer().cut} lines before this moment were too many to keep.
                          </p>
                        </Show>
                        <Still text={answer().screen} cols={answer().snapshot.cols} />
                      </>
                    )}
                  </Match>
                  <Match when={shown.error()}>
                    {(error) => <p class="field-error">{error()}</p>}
                  </Match>
                </Switch>
              </div>
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
            <p>While a turn runs, its terminal is kept every 30 seconds, and once at its end.</p>
          </div>
        </Match>
      </Switch>
    </section>
  )
}
