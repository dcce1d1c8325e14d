import { For, Show } from 'solid-js'
import { serverNow } from '../../state/clock.ts'
import { ageText, clockText } from '../../state/words.ts'
import type { Segment } from './strip.ts'

/** How a turn ended: a shape and a word each, so that no colour is needed. */
const ENDS = {
  done: { glyph: '○', word: 'done' },
  asked: { glyph: '◆', word: 'asked you' },
  interrupted: { glyph: '◌', word: 'interrupted' },
  failed: { glyph: '▲', word: 'failed' },
  lost: { glyph: '?', word: 'lost sight of' },
} as const

interface StripProps {
  segments: readonly Segment[]
  /** The snapshot that is shown. */
  current: string
  onChoose(snapshot: string): void
  hasOlder: boolean
  onOlder(): void
}

/** The agent's turns from left to right; a press leads to the end of one. */
export function Strip(props: StripProps) {
  const told = (segment: Segment) => {
    const end = segment.end ? ENDS[segment.end].word : 'working'
    const lasted = clockText((segment.endedAt ?? serverNow()) - segment.startedAt)
    const age = ageText(Math.max(0, serverNow() - segment.startedAt))
    const prompt = segment.prompt ? `: ${segment.prompt}` : ''
    return `Turn ${segment.generation}, ${end}, ${lasted}, began ${age} ago${prompt}`
  }
  return (
    <div class="turn-strip">
      <Show when={props.hasOlder}>
        <button type="button" class="btn" onClick={() => props.onOlder()}>
          Older
        </button>
      </Show>
      <ol aria-label="Turns">
        <For each={props.segments}>
          {(segment) => (
            <li style={{ 'flex-grow': segment.share * 1_000 }}>
              <button
                type="button"
                class={`segment ${segment.end ?? 'working'}`}
                aria-current={
                  segment.marks.some(({ id }) => id === props.current) ? 'true' : undefined
                }
                aria-label={told(segment)}
                title={told(segment)}
                disabled={segment.marks.length === 0}
                onClick={() => {
                  const last = segment.marks.at(-1)
                  if (last) props.onChoose(last.id)
                }}
              >
                <span class="glyph" aria-hidden="true">
                  {segment.end ? ENDS[segment.end].glyph : '●'}
                </span>
                <For each={segment.marks}>
                  {(mark) => (
                    <i
                      class="mark"
                      classList={{ current: mark.id === props.current }}
                      style={{ left: `${mark.place * 100}%` }}
                    />
                  )}
                </For>
              </button>
            </li>
          )}
        </For>
      </ol>
    </div>
  )
}
