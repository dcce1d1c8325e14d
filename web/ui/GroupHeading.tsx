import { Show } from 'solid-js'
import type { AttentionView } from '../../server/protocol.ts'
import { REASON_MARKS } from '../state/attention.ts'
import { since } from '../state/clock.ts'
import { type Grouping, LEFT_OVER, lastPart, repositoryHue } from '../state/grouping.ts'
import { shortPath } from '../state/home.ts'
import { GROUP_WORDS, type Heading } from '../state/rail.ts'
import { longAge } from '../state/words.ts'
import { Name } from './Name.tsx'

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

/** Heading of rows of one repository, directory or batch; `of` is its path or label. */
export function PlaceHeading(props: {
  grouping: Grouping
  of: string
  count: number
  /** How many of them need somebody, and the most urgent of what they need. */
  needing: { count: number; lead: AttentionView } | undefined
  ref?: (element: HTMLElement) => void
}) {
  const isPath = () => props.grouping !== 'batch'
  const isRepository = () => props.grouping === 'repository' && props.of !== ''
  return (
    <li ref={props.ref} class="heading place" data-group={props.grouping}>
      <h2 title={shortPath(props.of)}>
        <span
          class="place-name"
          classList={{ repo: isRepository() }}
          style={isRepository() ? { '--hue': repositoryHue(props.of) } : undefined}
        >
          <Show when={props.of} fallback={LEFT_OVER[props.grouping]}>
            <Name text={isPath() ? lastPart(props.of) : props.of} />
          </Show>
        </span>
        <span>{props.count}</span>
        <Show when={props.needing}>
          {(needing) => {
            const mark = () => REASON_MARKS[needing().lead.reason]
            const told = () => [mark().word, longAge(since(needing().lead.since))]
            return (
              <span class={mark().tone} title={`Most urgent: ${told().filter(Boolean).join(', ')}`}>
                {mark().glyph} {needing().count} {needing().count === 1 ? 'needs' : 'need'} you
              </span>
            )
          }}
        </Show>
      </h2>
    </li>
  )
}
