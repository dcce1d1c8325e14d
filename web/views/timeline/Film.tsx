import ChevronLeft from 'lucide-solid/icons/chevron-left'
import ChevronRight from 'lucide-solid/icons/chevron-right'
import Pause from 'lucide-solid/icons/pause'
import Play from 'lucide-solid/icons/play'
import { createEffect, createSignal, on, onCleanup } from 'solid-js'
import type { SnapshotView } from '../../../server/protocol.ts'
import { offerSteps } from '../../ui/steps.ts'

/** One moment of the film stands so long (milliseconds). */
const FRAME_MS = 500

interface FilmProps {
  /** Oldest first. */
  moments: readonly SnapshotView[]
  current: string
  /** The current one is in sight; until then the film waits. */
  isShown: boolean
  onChoose(snapshot: string): void
}

/** Goes through the moments: by a slider, step by step, or by itself. */
export function Film(props: FilmProps) {
  const [plays, setPlays] = createSignal(false)
  const index = () => props.moments.findIndex(({ id }) => id === props.current)
  const go = (to: number) => {
    const target = props.moments[Math.min(props.moments.length - 1, Math.max(0, to))]
    if (target) props.onChoose(target.id)
  }
  let film: HTMLDivElement | undefined
  offerSteps({ element: () => film, step: (by) => go(index() + by) })
  const isLast = () => index() >= props.moments.length - 1
  createEffect(
    on([plays, () => props.current, () => props.isShown], ([isPlaying, , isShown]) => {
      if (!isPlaying || !isShown) return
      const timer = setTimeout(() => (isLast() ? setPlays(false) : go(index() + 1)), FRAME_MS)
      onCleanup(() => clearTimeout(timer))
    }),
  )
  const told = () => {
    const moment = props.moments[index()]
    return moment ? new Date(moment.at).toLocaleString() : ''
  }
  return (
    <div class="film" ref={film}>
      <button
        type="button"
        class="btn icon"
        aria-label={plays() ? 'Stop' : 'Play'}
        title={plays() ? 'Stop' : 'Play'}
        disabled={props.moments.length < 2}
        onClick={() => {
          if (!plays() && isLast()) go(0)
          setPlays(!plays())
        }}
      >
        {plays() ? <Pause aria-hidden="true" /> : <Play aria-hidden="true" />}
      </button>
      <button
        type="button"
        class="btn icon"
        aria-label="Moment before"
        aria-keyshortcuts="<"
        title="Moment before (<)"
        disabled={index() <= 0}
        onClick={() => go(index() - 1)}
      >
        <ChevronLeft aria-hidden="true" />
      </button>
      <input
        type="range"
        min="0"
        max={Math.max(0, props.moments.length - 1)}
        step="1"
        value={index()}
        aria-label="Moment"
        aria-valuetext={told()}
        onInput={(event) => {
          setPlays(false)
          go(event.currentTarget.valueAsNumber)
        }}
      />
      <button
        type="button"
        class="btn icon"
        aria-label="Moment after"
        aria-keyshortcuts=">"
        title="Moment after (>)"
        disabled={isLast()}
        onClick={() => go(index() + 1)}
      >
        <ChevronRight aria-hidden="true" />
      </button>
      <span class="count">
        {index() + 1} / {props.moments.length}
      </span>
    </div>
  )
}
