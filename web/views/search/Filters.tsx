import { createMemo, For, Show } from 'solid-js'
import { SEARCH_KINDS, type SearchHit, type SearchKind } from '../../../server/protocol.ts'
import { agentName, isCodingAgent } from '../../state/agents.ts'
import { shortPath } from '../../state/home.ts'
import { kindName } from '../../state/kinds.ts'
import { visible } from '../../state/words.ts'
import { useApp } from '../../ui/context.ts'
import { GROUPINGS, type PageQuery, type SearchTime, TIMES } from './query.ts'

const KIND_CHIPS: Readonly<Record<SearchKind, string>> = {
  screen: 'Screens now',
  snapshot: 'Past screens',
  transcript: 'Conversations',
  title: 'Titles',
  prompt: 'Prompts',
}

const TIME_WORDS: Readonly<Record<SearchTime, string>> = {
  hour: 'Last hour',
  day: 'Last 24 hours',
  week: 'Last 7 days',
  month: 'Last 30 days',
}

interface FiltersProps {
  query: PageQuery
  /** What was found: it names places that the list does not have any more. */
  hits: readonly SearchHit[]
  onChange(part: Partial<PageQuery>): void
}

interface Choice {
  value: string
  label: string
}

/** What is looked through, as chips to press and to choose from. */
export function SearchFilters(props: FiltersProps) {
  const { live } = useApp()
  const { feed } = live
  const agents = createMemo((): Choice[] => {
    const known = Object.values(feed.agents).filter((view) => isCodingAgent(view) && !view.parent)
    const named = known.map((view) => {
      const name = feed.sessions[view.session]?.name ?? agentName(view)
      return { value: view.id, label: `${name}, ${kindName(view.kind)}` }
    })
    const found = props.hits.flatMap(({ agent, agentKind, session }) =>
      agent === undefined || feed.agents[agent]
        ? []
        : [
            {
              value: agent,
              label: [session, agentKind && kindName(agentKind)].filter(Boolean).join(', '),
            },
          ],
    )
    return choices([...named, ...found], props.query.agent)
  })
  const sessions = createMemo(() => {
    const names = [
      ...feed.order.map((id) => feed.sessions[id]?.name ?? ''),
      ...props.hits.map(({ session }) => session),
    ]
    return choices(
      names.map((name) => ({ value: name, label: name })),
      props.query.session,
    )
  })
  const repositories = createMemo(() => {
    const folders = [
      ...Object.values(feed.agents).map(({ git }) => git?.repository ?? ''),
      ...props.hits.map(({ repository }) => repository),
    ]
    return choices(
      folders.map((folder) => ({ value: folder, label: shortPath(folder) })),
      props.query.repository,
    )
  })
  const toggle = (kind: SearchKind) => {
    const { kinds } = props.query
    props.onChange({
      kinds: kinds.includes(kind) ? kinds.filter((one) => one !== kind) : [...kinds, kind],
    })
  }
  return (
    <div class="search-filters">
      <fieldset class="chips">
        <legend class="sr-only">Where to look</legend>
        <For each={SEARCH_KINDS}>
          {(kind) => (
            <button
              type="button"
              class="btn chip-btn"
              aria-pressed={props.query.kinds.includes(kind)}
              onClick={() => toggle(kind)}
            >
              {KIND_CHIPS[kind]}
            </button>
          )}
        </For>
      </fieldset>
      <div class="chips">
        <ChipSelect
          label="Agent"
          any="Any agent"
          value={props.query.agent}
          choices={agents()}
          onChoose={(agent) => props.onChange({ agent })}
        />
        <ChipSelect
          label="Session"
          any="Any session"
          value={props.query.session}
          choices={sessions()}
          onChoose={(session) => props.onChange({ session })}
        />
        <ChipSelect
          label="Repository"
          any="Any folder"
          value={props.query.repository}
          choices={repositories()}
          onChoose={(repository) => props.onChange({ repository })}
        />
        <ChipSelect
          label="Time"
          any="Any time"
          value={props.query.time}
          choices={TIMES.map((time) => ({ value: time, label: TIME_WORDS[time] }))}
          onChoose={(value) => props.onChange({ time: TIMES.find((time) => time === value) ?? '' })}
        />
        <span class="chips-end">
          <For each={GROUPINGS}>
            {(grouping) => (
              <button
                type="button"
                class="btn chip-btn"
                aria-pressed={props.query.grouping === grouping}
                onClick={() => props.onChange({ grouping })}
              >
                By {grouping}
              </button>
            )}
          </For>
        </span>
      </div>
    </div>
  )
}

/** A list of the system's own: it opens well under a thumb and needs no code of ours. */
function ChipSelect(props: {
  label: string
  any: string
  value: string
  choices: readonly Choice[]
  onChoose(value: string): void
}) {
  return (
    <Show when={props.choices.length > 0}>
      <select
        class="btn chip-btn"
        classList={{ on: props.value !== '' }}
        aria-label={props.label}
        onChange={(event) => props.onChoose(event.currentTarget.value)}
      >
        <option value="" selected={props.value === ''}>
          {props.any}
        </option>
        <For each={props.choices}>
          {({ value, label }) => (
            <option value={value} selected={props.value === value}>
              {visible(label)}
            </option>
          )}
        </For>
      </select>
    </Show>
  )
}

/** Each value once, without the empty one, sorted; what is chosen is always among them. */
function choices(all: readonly Choice[], chosen: string): Choice[] {
  const byValue = new Map<string, Choice>()
  for (const choice of [...all, { value: chosen, label: chosen }]) {
    if (choice.value !== '' && !byValue.has(choice.value)) byValue.set(choice.value, choice)
  }
  return [...byValue.values()].sort((a, b) => a.label.localeCompare(b.label))
}
