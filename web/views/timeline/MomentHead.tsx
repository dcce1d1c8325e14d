import { Show } from 'solid-js'
import type { SnapshotReason, SnapshotView } from '../../../server/protocol.ts'
import { serverNow } from '../../state/clock.ts'
import { ageText, counted } from '../../state/words.ts'

const REASONS: Readonly<Record<SnapshotReason, string>> = {
  start: 'Start of the turn',
  tick: 'During the turn',
  end: 'End of the turn',
  stop: 'Before dogwatch or the session ended',
}

interface MomentHeadProps {
  moment: SnapshotView
  isNewest: boolean
  /** The screen of the moment stands below, not something else about it. */
  isScreen: boolean
  /** What this device saw last, where there is something newer. */
  since: SnapshotView | undefined
  onNewest(): void
  onSince(from: string): void
  onCompare(): void
  onScreen(): void
  onTurn(): void
}

/** When the moment was and what was then, with the other ways to look at it. */
export function MomentHead(props: MomentHeadProps) {
  const age = () => ageText(Math.max(0, serverNow() - props.moment.at))
  return (
    <div class="moment-head">
      <b title={new Date(props.moment.at).toLocaleString()}>
        {age() === 'now' ? 'Now' : `${age()} ago`}
      </b>
      <span>{REASONS[props.moment.reason]}</span>
      <span class="chip">{props.moment.activity}</span>
      <Show when={props.moment.head}>
        {(head) => (
          <span class="chip" title="The commit, and the files that were not committed">
            {head()}
            <Show when={props.moment.changes}>
              {(count) => <>, {counted(count(), 'changed file')}</>}
            </Show>
          </span>
        )}
      </Show>
      <div class="acts">
        <Show when={!props.isNewest}>
          <button type="button" class="btn" onClick={() => props.onNewest()}>
            Newest
          </button>
        </Show>
        <Show when={props.since}>
          {(since) => (
            <button type="button" class="btn" onClick={() => props.onSince(since().id)}>
              Since you last looked
            </button>
          )}
        </Show>
        <Show
          when={!props.isScreen}
          fallback={
            <>
              <button
                type="button"
                class="btn"
                aria-label="Compare from here"
                onClick={() => props.onCompare()}
              >
                Compare<span class="more"> from here</span>
              </button>
              <button
                type="button"
                class="btn"
                aria-label="Read the whole turn"
                onClick={() => props.onTurn()}
              >
                Whole turn
              </button>
            </>
          }
        >
          <button type="button" class="btn" onClick={() => props.onScreen()}>
            Back to the screen
          </button>
        </Show>
      </div>
    </div>
  )
}
