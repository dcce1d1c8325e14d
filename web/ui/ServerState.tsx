import { Match, Show, Switch } from 'solid-js'
import type { TmuxServerView } from '../../server/protocol.ts'
import { since } from '../state/clock.ts'
import { ageText, exactTime } from '../state/words.ts'
import { useApp } from './context.ts'

/** One short sentence for what was found at a socket; undefined where the rows say it all. */
export function serverSentence(server: TmuxServerView): string | undefined {
  switch (server.state) {
    case 'missing':
      return 'tmux is not installed on this machine.'
    case 'too-old':
      return `tmux ${server.version ?? ''} is too old: dogwatch needs 3.2 or newer.`
    case 'no-server':
      return 'No tmux server is running.'
    case 'no-sessions':
      return 'tmux runs, with no session in it.'
    case 'unresponsive':
      return 'tmux does not answer.'
    case 'connected':
      return undefined
    default:
      return server.state satisfies never
  }
}

interface ItemProps {
  server: TmuxServerView
  ref?: (element: HTMLElement) => void
}

/** Heading of a tmux server; shown only where there are several. */
export function ServerHeading(props: ItemProps) {
  return (
    <li ref={props.ref} class="heading">
      <h2 title={props.server.socketPath}>
        {props.server.label}
        <Show when={props.server.version}>
          <span class="version">tmux {props.server.version}</span>
        </Show>
      </h2>
    </li>
  )
}

/** What is not as it should be with a tmux server: said with its age, never by missing rows. */
export function ServerNote(props: ItemProps & { searching: boolean }) {
  const app = useApp()
  const { feed } = app.live
  const several = () => feed.servers.length > 1
  const hasRows = () => feed.order.some((id) => feed.sessions[id]?.server === props.server.id)
  const trouble = () =>
    props.server.state === 'unresponsive' || props.server.freshness !== 'healthy'
  return (
    <Switch>
      <Match when={hasRows() && trouble()}>
        <li ref={props.ref} class="note warn" data-testid="server-note">
          <b>
            {props.server.freshness === 'degraded' ? 'Reduced view' : 'Last known view'}
            <span class="age" title={exactTime(props.server.since)}>
              {ageText(since(props.server.since))}
            </span>
          </b>
          {props.server.detail ?? serverSentence(props.server)}
        </li>
      </Match>
      <Match when={!hasRows() && several() && !props.searching && serverSentence(props.server)}>
        <li ref={props.ref} class="note">
          {serverSentence(props.server)}
        </li>
      </Match>
      <Match when={feed.order.length === 0 && !several() && serverSentence(props.server)}>
        <li ref={props.ref} class="phone-only">
          <EmptyState server={props.server} />
        </li>
      </Match>
    </Switch>
  )
}

/** The whole page's answer to "why is nothing here": what it is, and the one thing to do. */
export function EmptyState(props: { server: TmuxServerView }) {
  const app = useApp()
  const command = () =>
    props.server.label === 'default'
      ? 'tmux new -s work'
      : `tmux -L ${props.server.label} new -s work`
  return (
    <div class="empty" data-testid="empty" data-state={props.server.state}>
      <Switch>
        <Match when={props.server.state === 'missing'}>
          <h2>tmux is not installed</h2>
          <p>Install it and this page shows your sessions by itself.</p>
          <pre>sudo apt install tmux</pre>
          <p class="hint">Fedora: dnf install tmux. macOS: brew install tmux.</p>
        </Match>
        <Match when={props.server.state === 'too-old'}>
          <h2>tmux {props.server.version} is too old</h2>
          <p>dogwatch needs tmux 3.2 or newer. Sessions of the old one go on running untouched.</p>
        </Match>
        <Match when={props.server.state === 'unresponsive'}>
          <h2>tmux does not answer</h2>
          <p>
            The tmux server at <code>{props.server.socketPath}</code> is there, but it has been
            silent for{' '}
            <span title={exactTime(props.server.since)}>{ageText(since(props.server.since))}</span>.
            It may be stopped or very busy.
          </p>
          <Show when={props.server.detail}>
            <p class="hint">{props.server.detail}</p>
          </Show>
        </Match>
        <Match when={true}>
          <h2>{props.server.state === 'no-server' ? 'No tmux server yet' : 'No sessions yet'}</h2>
          <p>
            Start one {app.mayManage() ? 'here or ' : ''}in any terminal of this machine: it appears
            by itself.
          </p>
          <pre>{command()}</pre>
          <Show when={app.mayManage()}>
            <button
              type="button"
              class="btn primary"
              onClick={() => app.showDialog({ name: 'new-session', server: props.server.id })}
            >
              New session
            </button>
          </Show>
          <p class="hint">
            Watching <code>{props.server.socketPath}</code>
          </p>
        </Match>
      </Switch>
    </div>
  )
}
