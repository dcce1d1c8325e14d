import { createMemo, createResource, For, Show, untrack } from 'solid-js'
import { LIMITS } from '../../server/protocol.ts'
import { kindName } from '../state/kinds.ts'
import { readPlaces, recentPlaces } from '../state/recent.ts'
import { listPrograms } from '../state/start-api.ts'
import { useApp } from './context.ts'
import { PlacesField } from './PlacesField.tsx'

/** Recent directories that are offered. */
const RECENT = 6

export interface SessionForm {
  name: string
  /** The directory in the field, and those that were added before it. */
  place: string
  added: readonly string[]
  /** Label of them all; empty: their prompt, or when they were started. */
  batch: string
  /** Kind of agent; empty: the shell, or `command`. */
  agent: string
  command: string
  prompt: string
  /** Set where the work is to happen in a new worktree. */
  branch: string | undefined
  server: string | undefined
}

/** Everything that can be said of new sessions; all but a branch may stay empty. */
export function NewSessionFields(props: {
  form: SessionForm
  onChange(change: Partial<SessionForm>): void
}) {
  const { feed } = useApp().live
  const [programs] = createResource(async () => {
    try {
      return (await listPrograms()).programs
    } catch {
      // Without an answer there is still the command; a start would say what is wrong.
      return []
    }
  })
  const recent = createMemo(() => untrack(() => recentPlaces(feed.agents, readPlaces(), RECENT)))
  const isBatch = () => props.form.added.length > 0
  return (
    <>
      <Show
        when={!isBatch()}
        fallback={
          <>
            <p class="hint">One session for each directory, named after it.</p>
            <label for="new-batch">Batch</label>
            <input
              id="new-batch"
              class="field"
              list="new-batches"
              maxLength={LIMITS.nameLength}
              autocomplete="off"
              spellcheck={false}
              placeholder="the first prompt"
              value={props.form.batch}
              onInput={(event) => props.onChange({ batch: event.currentTarget.value })}
            />
            <datalist id="new-batches">
              <For each={[...new Set(Object.values(feed.batches))].reverse()}>
                {(label) => <option value={label} />}
              </For>
            </datalist>
          </>
        }
      >
        <label for="new-name">Name</label>
        <input
          id="new-name"
          class="field"
          data-first
          maxLength={LIMITS.nameLength}
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          placeholder={
            props.form.agent === '' && props.form.branch === undefined
              ? 'tmux’s next free number'
              : 'the directory’s name'
          }
          value={props.form.name}
          onInput={(event) => props.onChange({ name: event.currentTarget.value })}
        />
      </Show>
      <label for="new-cwd">Directory</label>
      <PlacesField
        id="new-cwd"
        value={props.form.place}
        onChange={(place) => props.onChange({ place })}
        added={props.form.added}
        onAdded={(added) => props.onChange({ added })}
        recent={recent()}
      />
      <label class="check">
        <input
          type="checkbox"
          checked={props.form.branch !== undefined}
          onChange={(event) =>
            props.onChange({ branch: event.currentTarget.checked ? '' : undefined })
          }
        />
        In a new git worktree
      </label>
      <Show when={props.form.branch !== undefined}>
        <label for="new-branch">Branch</label>
        <input
          id="new-branch"
          class="field mono"
          required
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          aria-describedby="new-branch-hint"
          value={props.form.branch ?? ''}
          onInput={(event) => props.onChange({ branch: event.currentTarget.value })}
        />
        <p class="hint below" id="new-branch-hint">
          The worktree lies beside the repository. A branch that is not there starts at what is
          checked out now. Hooks and filters of the repository do not run.
        </p>
      </Show>
      <label for="new-agent">Start</label>
      <select
        id="new-agent"
        class="field"
        value={props.form.agent}
        onChange={(event) => props.onChange({ agent: event.currentTarget.value })}
      >
        <option value="">Shell or command</option>
        <For each={programs()}>
          {({ kind }) => (
            <option value={kind} selected={props.form.agent === kind}>
              {kindName(kind)}
            </option>
          )}
        </For>
      </select>
      <Show
        when={props.form.agent !== ''}
        fallback={
          <>
            <label for="new-command">Command</label>
            <input
              id="new-command"
              class="field mono"
              autocomplete="off"
              autocapitalize="off"
              spellcheck={false}
              placeholder="your shell"
              value={props.form.command}
              onInput={(event) => props.onChange({ command: event.currentTarget.value })}
            />
          </>
        }
      >
        <label for="new-prompt">First prompt</label>
        <textarea
          id="new-prompt"
          class="field"
          rows="4"
          maxLength={LIMITS.startPromptBytes}
          placeholder="Sent when the agent is ready; may stay empty"
          value={props.form.prompt}
          onInput={(event) => props.onChange({ prompt: event.currentTarget.value })}
        />
      </Show>
      <Show when={feed.servers.length > 1}>
        <label for="new-server">tmux server</label>
        <select
          id="new-server"
          class="field"
          value={props.form.server}
          onChange={(event) => props.onChange({ server: event.currentTarget.value })}
        >
          <For each={feed.servers}>{(view) => <option value={view.id}>{view.label}</option>}</For>
        </select>
      </Show>
    </>
  )
}
