import type { Freshness, PaneView, SessionView, WindowView } from '../protocol.ts'
import type { TmuxIdentity, TmuxPane, TmuxSession, TmuxWindow } from '../tmux/tree.ts'
import { redact, redactWords } from './redact.ts'

/**
 * Names one life of a tmux server. tmux counts its ids from 0 again after a restart, so ours carry
 * the server's process id and start time; they are the same before and after a restart of ours.
 */
export function generationOf(serverId: string, identity: TmuxIdentity): string {
  return `${serverId}-${identity.pid.toString(36)}-${identity.startTime.toString(36)}`
}

/** Our id for tmux's `$1`, `@2` or `%3`: opaque to others, safe in a URL path. */
export function idOf(kind: 's' | 'w' | 'p', tmuxId: string, generation: string): string {
  return `${kind}${tmuxId.slice(1)}-${generation}`
}

/** The run of tmux that an id of ours (session, window or pane) belongs to, as `generationOf` names it. */
export function runOf(id: string): string {
  return id.slice(id.indexOf('-') + 1)
}

/** Our id of the tmux server whose run this is. */
export function serverOfRun(run: string): string {
  return run.slice(0, run.indexOf('-'))
}

/** A listed session as pages see it. `agentIn`: our id of the live agent in a pane of ours. */
export function sessionView(
  serverId: string,
  identity: TmuxIdentity,
  session: TmuxSession,
  freshness: Freshness,
  agentIn: (pane: string) => string | undefined,
): SessionView {
  const generation = generationOf(serverId, identity)
  return {
    id: idOf('s', session.id, generation),
    server: serverId,
    tmuxId: session.id,
    name: session.name,
    createdAt: session.createdAt,
    attached: session.attached,
    ...(session.group === undefined ? {} : { group: session.group }),
    freshness,
    windows: session.windows.map((window) => windowView(window, generation, agentIn)),
  }
}

function windowView(
  window: TmuxWindow,
  generation: string,
  agentIn: (pane: string) => string | undefined,
): WindowView {
  return {
    id: idOf('w', window.id, generation),
    tmuxId: window.id,
    index: window.index,
    name: window.name,
    active: window.active,
    cols: window.cols,
    rows: window.rows,
    zoomed: window.zoomed,
    panes: window.panes.map((pane) => paneView(pane, generation, agentIn)),
  }
}

function paneView(
  pane: TmuxPane,
  generation: string,
  agentIn: (pane: string) => string | undefined,
): PaneView {
  const id = idOf('p', pane.id, generation)
  const agent = agentIn(id)
  return {
    id,
    tmuxId: pane.id,
    index: pane.index,
    active: pane.active,
    cols: pane.cols,
    rows: pane.rows,
    cwd: clean(pane.cwd),
    command: pane.command,
    argv: redactWords(pane.argv, clean),
    title: clean(pane.title),
    pid: pane.pid,
    dead: pane.dead,
    alternate: pane.alternate,
    inMode: pane.inMode,
    ...(agent === undefined ? {} : { agent }),
  }
}

/** Panes are listed over and over with the same texts; so many of them are not looked through again. */
const CLEANED_MAX = 4_096
const cleaned = new Map<string, string>()

function clean(text: string): string {
  const known = cleaned.get(text)
  if (known !== undefined) return known
  if (cleaned.size >= CLEANED_MAX) cleaned.clear()
  const made = redact(text)
  cleaned.set(text, made)
  return made
}
