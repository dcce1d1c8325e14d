import { createSignal, For, Show } from 'solid-js'
import type {
  LostAgent,
  LostServer as LostServerView,
  LostSession,
  RebuiltSession,
} from '../../../server/protocol.ts'
import { ApiError } from '../../state/api.ts'
import { since } from '../../state/clock.ts'
import { shortPath } from '../../state/home.ts'
import { isLost } from '../../state/lost.ts'
import { forgetLost, rebuildLost } from '../../state/recovery-api.ts'
import { agoText, counted } from '../../state/words.ts'
import { useApp } from '../../ui/context.ts'
import { FormError } from '../../ui/FormError.tsx'
import { Name } from '../../ui/Name.tsx'
import { LostAgentRow } from './LostAgentRow.tsx'

/** One run of tmux that is gone: its sessions and agents, brought back together or each by itself. */
export function LostServer(props: { lost: LostServerView; agents: readonly LostAgent[] }) {
  const app = useApp()
  const [busy, setBusy] = createSignal(false)
  const [error, setError] = createSignal<string>()
  const [built, setBuilt] = createSignal<ReadonlyMap<string, RebuiltSession>>(new Map())
  const [forgetting, setForgetting] = createSignal(false)
  const missing = () => props.lost.sessions.filter(({ isBack }) => !isBack)
  const waiting = () => props.agents.filter(isLost)
  const canResume = () => waiting().some(({ resume }) => resume !== undefined)
  const hasWork = () => missing().length > 0 || canResume()

  const isDone = () => !hasWork() && props.agents.every(({ state }) => state.state !== 'starting')

  const act = async (work: () => Promise<unknown>) => {
    if (busy()) return
    setBusy(true)
    setError(undefined)
    try {
      await work()
    } catch (reason) {
      setError(reason instanceof ApiError ? reason.message : String(reason))
    } finally {
      setBusy(false)
      app.recovery.again()
    }
  }
  const rebuild = (run: boolean, session?: string) =>
    act(async () => {
      const sessions = session === undefined ? {} : { sessions: [session] }
      const body = { id: crypto.randomUUID(), run, ...sessions }
      const answer = await rebuildLost(props.lost.id, body)
      setBuilt(new Map([...built(), ...answer.sessions.map((one) => [one.name, one] as const)]))
    })

  return (
    <section class="lost" aria-label={`tmux server ${props.lost.label}`}>
      <header>
        <h3>
          tmux server <Name text={props.lost.label} />
        </h3>
        <p class="hint">
          Last seen{' '}
          <span title={new Date(props.lost.lastSeenAt).toLocaleString()}>
            {agoText(since(props.lost.lastSeenAt))}
          </span>{' '}
          with {counted(props.lost.sessions.length, 'session')}
          <Show when={props.agents.length > 0}> and {counted(props.agents.length, 'agent')}</Show>.
        </p>
      </header>
      <Show when={props.lost.restoredBy}>
        {(plugin) => (
          <p class="banner">
            <span>
              tmux-{plugin()} is set up there and brings sessions back by itself. What is back is
              left as it is; only agents are resumed in it.
            </span>
          </p>
        )}
      </Show>
      <Show
        when={app.mayManage()}
        fallback={
          <p class="hint">This device may look. One that may do everything brings them back.</p>
        }
      >
        <Show when={isDone()}>
          <p class="hint">All that can come back is back.</p>
        </Show>
        <div class="lost-acts">
          <Show when={hasWork()}>
            <button
              type="button"
              class="btn primary"
              disabled={busy()}
              onClick={() => void rebuild(true)}
            >
              {busy() ? 'Working' : canResume() ? 'Rebuild and resume all' : 'Rebuild all'}
            </button>
          </Show>
          <Show when={canResume()}>
            <button
              type="button"
              class="btn"
              disabled={busy()}
              title="Each agent’s command stands on its prompt; you press Enter"
              onClick={() => void rebuild(false)}
            >
              Rebuild, commands on the prompt
            </button>
          </Show>
          <Show
            when={forgetting()}
            fallback={
              <button
                type="button"
                class="btn quiet"
                disabled={busy()}
                onClick={() => setForgetting(true)}
              >
                Forget
              </button>
            }
          >
            <button
              type="button"
              class="btn danger"
              disabled={busy()}
              ref={(element) => queueMicrotask(() => element.focus())}
              onClick={() => void act(() => forgetLost(props.lost.id))}
            >
              Do not offer this again
            </button>
          </Show>
        </div>
      </Show>
      <FormError text={error()} />
      <h4>Sessions</h4>
      <ul class="lost-sessions" aria-label="Sessions">
        <For each={props.lost.sessions.map(({ name }) => name)}>
          {(name) => (
            <Show when={props.lost.sessions.find((one) => one.name === name)}>
              {(session) => (
                <SessionRow
                  session={session()}
                  built={built().get(name)}
                  busy={busy()}
                  onRebuild={() => void rebuild(true, name)}
                />
              )}
            </Show>
          )}
        </For>
      </ul>
      <Show when={props.agents.length > 0}>
        <h4>Agents</h4>
        <ul class="lost-agents" aria-label="Agents">
          <For each={props.agents.map(({ id }) => id)}>
            {(id) => (
              <Show when={props.agents.find((one) => one.id === id)}>
                {(agent) => <LostAgentRow agent={agent()} />}
              </Show>
            )}
          </For>
        </ul>
      </Show>
    </section>
  )
}

function SessionRow(props: {
  session: LostSession
  built: RebuiltSession | undefined
  busy: boolean
  onRebuild(): void
}) {
  const app = useApp()
  const panes = () => props.session.windows.reduce((sum, { panes }) => sum + panes.length, 0)
  return (
    <li>
      <div class="lost-session">
        <b>
          <Name text={props.session.name} />
        </b>
        <span class="hint">
          {counted(props.session.windows.length, 'window')}, {counted(panes(), 'pane')}
        </span>
        <Show
          when={props.session.isBack}
          fallback={
            <Show when={app.mayManage()}>
              <button
                type="button"
                class="btn"
                disabled={props.busy}
                aria-label={`Rebuild ${props.session.name}`}
                onClick={() => props.onRebuild()}
              >
                Rebuild
              </button>
            </Show>
          }
        >
          <span class="tag">is back</span>
        </Show>
      </div>
      <Show when={props.built?.detail}>{(detail) => <p class="form-error">{detail()}</p>}</Show>
      <details>
        <summary>What stood in it</summary>
        <ul class="lost-panes">
          <For each={props.session.windows}>
            {(window) => (
              <For each={window.panes}>
                {(pane) => (
                  <li>
                    <span class="index">
                      {window.index}.{pane.index}
                    </span>
                    <Name text={window.name} />
                    <code>
                      <Name text={pane.command} />
                    </code>
                    <span class="path">
                      <Name text={shortPath(pane.cwd)} />
                    </span>
                  </li>
                )}
              </For>
            )}
          </For>
        </ul>
      </details>
    </li>
  )
}
