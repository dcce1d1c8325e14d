import { GROUP_WORDS, type Heading } from '../state/rail.ts'

const TONES: Partial<Record<Heading, string>> = { needs: 'needs', working: 'work' }

/** Heading of a group of rows, with their number. */
export function GroupHeading(props: {
  group: Heading
  count: number
  ref?: (element: HTMLElement) => void
}) {
  return (
    <li ref={props.ref} class="heading" data-group={props.group}>
      <h2>
        {GROUP_WORDS[props.group]} <span class={TONES[props.group] ?? ''}>{props.count}</span>
      </h2>
    </li>
  )
}
