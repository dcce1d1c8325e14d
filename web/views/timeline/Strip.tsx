import { createEffect, createMemo, Index, Show } from 'solid-js'
import { serverNow } from '../../state/clock.ts'
import { agoText, clockText, exactTime, visible } from '../../state/words.ts'
import type { Segment } from './strip.ts'

/** How a turn ended, if it has: a shape and a word each, so that no colour is needed. */
const ENDS = {
  working: { glyph: '●', word: 'working' },
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
  let list: HTMLOListElement | undefined
  const told = (segment: Segment, began: string) => {
    const end = ENDS[segment.end ?? 'working'].word
    const lasted = clockText((segment.endedAt ?? serverNow()) - segment.startedAt)
    const prompt = segment.prompt ? `: ${visible(segment.prompt)}` : ''
    return `Turn ${segment.generation}, ${end}, ${lasted}, began ${began}${prompt}`
  }
  const ago = ({ startedAt }: Segment) => agoText(Math.max(0, serverNow() - startedAt))
  const holds = (segment: Segment) => segment.marks.some(({ id }) => id === props.current)
  const place = createMemo(() => props.segments.findIndex(holds))
  createEffect(() => {
    const item = list?.children[place()]
    item?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  })
  return (
    <div class="turn-strip">
      <Show when={props.hasOlder}>
        <button type="button" class="btn" onClick={() => props.onOlder()}>
          Older
        </button>
      </Show>
      <ol aria-label="Turns" ref={list}>
        <Index each={props.segments}>
          {(segment, index) => (
            <li style={{ 'flex-grow': segment().share * 1_000 }}>
              <button
                type="button"
                class={`segment ${segment().end ?? 'working'}`}
                aria-current={place() === index ? 'true' : undefined}
                aria-label={told(segment(), ago(segment()))}
                title={told(segment(), exactTime(segment().startedAt))}
                disabled={segment().marks.length === 0}
                onClick={() => {
                  const last = segment().marks.at(-1)
                  if (last) props.onChoose(last.id)
                }}
              >
                <span class="glyph" aria-hidden="true">
                  {ENDS[segment().end ?? 'working'].glyph}
                </span>
                <Index each={segment().marks}>
                  {(mark) => (
                    <i
                      class="mark"
                      classList={{ current: mark().id === props.current }}
                      style={{ left: `${mark().place * 100}%` }}
                    />
                  )}
                </Index>
              </button>
            </li>
          )}
        </Index>
      </ol>
    </div>
  )
}
