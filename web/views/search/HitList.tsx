import { For, Show } from 'solid-js'
import type { SearchHit } from '../../../server/protocol.ts'
import { paneToShow } from '../../state/agents.ts'
import { since } from '../../state/clock.ts'
import { shortPath } from '../../state/home.ts'
import { ageText, visible } from '../../state/words.ts'
import { useApp } from '../../ui/context.ts'
import { Name } from '../../ui/Name.tsx'
import { type HitGroup, hitPlace, KIND_WORDS, markedParts } from './hits.ts'
import type { Grouping, PageQuery } from './query.ts'

interface HitListProps {
  group: HitGroup
  grouping: Grouping
  /** A line is opened; `hit` names it within what was found. */
  onOpen(hit: string): void
  /** Look only there. */
  onOnly(only: Partial<PageQuery>): void
}

/** The found lines of one agent or one day. */
export function HitList(props: HitListProps) {
  const first = () => props.group.hits[0]
  const only = (): Partial<PageQuery> => {
    const hit = first()
    return hit?.agent === undefined ? { session: hit?.session ?? '' } : { agent: hit.agent }
  }
  return (
    <section class="hit-group" aria-label={visible(props.group.title)}>
      <header>
        <h3>
          <Name text={props.group.title} />
        </h3>
        <small>
          {props.group.detail}
          <Show when={props.group.folder}>
            {' '}
            <Name text={shortPath(props.group.folder)} />
          </Show>
        </small>
        <Show when={props.grouping === 'agent'}>
          <button type="button" class="btn quiet" onClick={() => props.onOnly(only())}>
            Only here
          </button>
        </Show>
      </header>
      <ul>
        <For each={props.group.hits}>
          {(hit) => <HitRow hit={hit} grouping={props.grouping} onOpen={props.onOpen} />}
        </For>
      </ul>
    </section>
  )
}

function HitRow(props: { hit: SearchHit; grouping: Grouping; onOpen(hit: string): void }) {
  const app = useApp()
  const { feed } = app.live
  const place = () => hitPlace(props.hit, feed)
  const name = () => {
    const { kind, agent, ref, line } = props.hit
    return [kind, agent, ref, line].join(' ')
  }
  const open = () => {
    props.onOpen(name())
    const { session: id, pane } = place()
    const session = id === undefined ? undefined : feed.sessions[id]
    if (session && pane !== undefined) app.tabs.choosePane(session.id, paneToShow(session, pane))
  }
  const age = () => (props.hit.kind === 'screen' ? 'now' : ageText(since(props.hit.at)))
  return (
    <li>
      <a class="hit" href={place().path} data-hit={name()} onClick={open}>
        <span class="hit-kind">{KIND_WORDS[props.hit.kind]}</span>
        <span class="hit-text">
          <bdi>
            <For each={markedParts(props.hit.text, props.hit.ranges)}>
              {(part) => (
                <Show when={part.marked} fallback={visible(part.text)}>
                  <mark>{visible(part.text)}</mark>
                </Show>
              )}
            </For>
          </bdi>
        </span>
        <span class="hit-when" title={new Date(props.hit.at).toLocaleString()}>
          <Show when={props.grouping === 'time' && props.hit.session}>
            <Name text={props.hit.session} />,{' '}
          </Show>
          {age()}
        </span>
      </a>
    </li>
  )
}
