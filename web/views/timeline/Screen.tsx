import { createEffect, Show } from 'solid-js'
import type { SnapshotResponse } from '../../../server/protocol.ts'
import { Still } from '../../terminal/Still.tsx'

interface ScreenProps {
  answer: SnapshotResponse
  /** Line (from 0) to point out and bring into sight; the lines above the screen count first. */
  line: number | undefined
}

/** What the terminal showed at one moment; with the lines above it where one of them is meant. */
export function Screen(props: ScreenProps) {
  let element: HTMLDivElement | undefined
  const above = () => (props.answer.snapshot.lines === 0 ? [] : props.answer.scrollback.split('\n'))
  const isAbove = () => props.line !== undefined && props.line < above().length
  const text = () =>
    isAbove() ? [...above(), props.answer.screen].join('\n') : props.answer.screen
  const marked = () =>
    props.line === undefined || isAbove() ? props.line : props.line - above().length
  createEffect(() => {
    if (marked() === undefined || text() === '') return
    requestAnimationFrame(() =>
      element?.querySelector('.still-row.marked')?.scrollIntoView({ block: 'center' }),
    )
  })
  return (
    <div ref={element}>
      <Show when={isAbove()}>
        <p class="cut">The lines that had just left the screen stand above it.</p>
      </Show>
      <Still text={text()} cols={props.answer.snapshot.cols} marked={marked()} />
    </div>
  )
}
