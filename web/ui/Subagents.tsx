import { createMemo, For, Show } from 'solid-js'
import { Glyph, stateText } from './AgentParts.tsx'
import { useApp } from './context.ts'
import { Name } from './Name.tsx'

/** Lines of one row at most: a swarm must not push the other rows out of sight. */
const MOST = 3

/** What the subagents of an agent do now, below its row; nothing where it has none. */
export function Subagents(props: { parent: string }) {
  const app = useApp()
  const all = createMemo(() => app.subagentsOf(props.parent))
  return (
    <Show when={all().length > 0}>
      <ul class="subagents" aria-label="Subagents">
        <For each={all().slice(0, MOST)}>
          {(agent) => (
            <li>
              <Glyph agent={agent} />
              <span class="told">
                <Name text={agent.title || 'Subagent'} />{' '}
                <small>
                  <Name text={agent.tool || agent.lastWords} />
                </small>
              </span>
              <span>{stateText(agent).age}</span>
            </li>
          )}
        </For>
        <Show when={all().length > MOST}>
          <li>{all().length - MOST} more</li>
        </Show>
      </ul>
    </Show>
  )
}
