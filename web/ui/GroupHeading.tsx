import { Show } from 'solid-js'
import { type Grouping, LEFT_OVER, lastPart, repositoryHue } from '../state/grouping.ts'
import { shortPath } from '../state/home.ts'
import { GROUP_WORDS, type Heading } from '../state/rail.ts'
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
  /** How many of them need somebody. */
  needing: number
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
        <Show when={props.needing > 0}>
          <span class="needs">
            ◆ {props.needing} {props.needing === 1 ? 'needs' : 'need'} you
          </span>
        </Show>
      </h2>
    </li>
  )
}
