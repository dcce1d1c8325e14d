import { produce, reconcile, type SetStoreFunction } from 'solid-js/store'
import type {
  AgentView,
  AttentionView,
  FeedFrame,
  Scope,
  SessionView,
  SettingsResponse,
  StartView,
  StorageView,
  TmuxServerView,
} from '../../server/protocol.ts'
import { Told } from './told.ts'

/** The name under which the settings, of which there is one, are told of. */
const SETTINGS = 'settings'

/** What the page knows of the machine: the feed's entities and nothing derived. */
export interface FeedState {
  /** The server's start this belongs to; empty before the first `hello`. */
  boot: string
  epoch: number
  version: string
  host: string
  scope: Scope
  servers: TmuxServerView[]
  sessions: Record<string, SessionView>
  /** Session ids in the order in which tmux made them, server by server: it never jumps. */
  order: string[]
  /** Agents that run and the latest that ended, by id. */
  agents: Record<string, AgentView>
  /** How the server's memory does; undefined before the first `hello`. */
  storage?: StorageView
  /** Who needs the user, by id of the need. */
  attention: Record<string, AttentionView>
  /** Settings of the server with their version; undefined before the first `hello`. */
  settings: SettingsResponse | undefined
  /** Sessions that were asked for lately, by id. */
  starts: Record<string, StartView>
  /** Label of the batch that a session was started in, by session. */
  batches: Record<string, string>
  /** Last output per pane id, epoch milliseconds of the server's clock. */
  output: Record<string, number>
  told: Told
}

export function emptyFeed(): FeedState {
  return {
    boot: '',
    epoch: 0,
    version: '',
    host: '',
    scope: 'watch',
    servers: [],
    sessions: {},
    order: [],
    agents: {},
    attention: {},
    settings: undefined,
    starts: {},
    batches: {},
    output: {},
    told: new Told(),
  }
}

type State = Readonly<FeedState>
type SetState = SetStoreFunction<FeedState>

/**
 * Takes one frame into the state. Frames may arrive twice or late; one that is older than what we
 * hold of the same thing changes nothing.
 */
export function applyFrame(state: State, set: SetState, frame: FeedFrame): void {
  switch (frame.type) {
    case 'hello':
      applyHello(state, set, frame)
      break
    case 'server':
      if (state.told.isNews(frame.server.id, frame.epoch)) putServer(state, set, frame.server)
      break
    case 'session':
      if (state.told.isNews(frame.session.id, frame.epoch)) putSession(state, set, frame.session)
      break
    case 'session-gone':
      if (state.told.isLeaving(frame.id, frame.epoch)) dropSession(set, frame.id)
      break
    case 'agent':
      if (state.told.isNews(frame.agent.id, frame.epoch))
        set('agents', frame.agent.id, change(state.agents, frame.agent))
      break
    case 'agent-gone':
      if (state.told.isLeaving(frame.id, frame.epoch)) set('agents', without(frame.id))
      break
    case 'attention':
      if (state.told.isNews(frame.item.id, frame.epoch))
        set('attention', frame.item.id, change(state.attention, frame.item))
      break
    case 'attention-gone':
      if (state.told.isLeaving(frame.id, frame.epoch)) set('attention', without(frame.id))
      break
    case 'settings':
      if (state.told.isNews(SETTINGS, frame.epoch)) set('settings', reconcile(frame.settings))
      break
    case 'storage':
      set('storage', reconcile(frame.storage))
      break
    case 'start':
      if (state.told.isNews(frame.start.id, frame.epoch))
        set('starts', frame.start.id, change(state.starts, frame.start))
      break
    case 'batch':
      set('batches', frame.session, frame.label)
      break
    case 'output':
      for (const [pane, at] of Object.entries(frame.at)) {
        if (at > (state.output[pane] ?? 0)) set('output', pane, at)
      }
      break
    case 'pong':
      return
    default:
      frame satisfies never
  }
  if (frame.epoch > state.epoch) set('epoch', frame.epoch)
}

function applyHello(state: State, set: SetState, frame: FeedFrame & { type: 'hello' }): void {
  const sameBoot = frame.boot === state.boot
  if (sameBoot && frame.epoch < state.epoch) return
  const things = [frame.servers, frame.sessions, frame.agents, frame.attention, frame.starts].flat()
  const ids = things.map(({ id }) => id)
  state.told.begin(frame.epoch, [SETTINGS, ...ids], sameBoot)
  const { boot, epoch, version, host, scope } = frame
  const sessions = byId(frame.sessions)
  set({ boot, epoch, version, host, scope })
  set('servers', reconcile(frame.servers, { key: 'id' }))
  set('sessions', reconcile(sessions, { key: 'id' }))
  set('order', reconcile(sorted(frame.servers, sessions)))
  set('agents', reconcile(byId(frame.agents), { key: 'id' }))
  set('storage', reconcile(frame.storage))
  set('attention', reconcile(byId(frame.attention), { key: 'id' }))
  set('settings', reconcile(frame.settings))
  set('starts', reconcile(byId(frame.starts), { key: 'id' }))
  set('batches', reconcile(frame.batches))
  set('output', reconcile(frame.output))
}

function byId<T extends { id: string }>(entities: readonly T[]): Record<string, T> {
  return Object.fromEntries(entities.map((entity) => [entity.id, entity]))
}

function putServer(state: State, set: SetState, server: TmuxServerView): void {
  const index = state.servers.findIndex((other) => other.id === server.id)
  set('servers', index < 0 ? state.servers.length : index, reconcile(server))
}

function putSession(state: State, set: SetState, session: SessionView): void {
  const isKnown = state.sessions[session.id] !== undefined
  set('sessions', session.id, change(state.sessions, session))
  if (!isKnown) set('order', sorted(state.servers, state.sessions))
}

function dropSession(set: SetState, id: string): void {
  set('order', (order) => order.filter((other) => other !== id))
  set('sessions', without(id))
}

/** The entity where it is new; of one that is known only what differs. */
function change<T extends { id: string }>(known: Readonly<Record<string, T>>, entity: T) {
  return known[entity.id] === undefined ? entity : reconcile<T, T>(entity, { key: 'id' })
}

const without = <T>(id: string) =>
  produce<Record<string, T>>((entities) => {
    delete entities[id]
  })

/** By server, then by tmux's own counter: ids are handed out in order of creation. */
function sorted(
  servers: readonly TmuxServerView[],
  sessions: Record<string, SessionView>,
): string[] {
  const rank = new Map(servers.map((server, index) => [server.id, index]))
  const serverRank = (session: SessionView) => rank.get(session.server) ?? servers.length
  const counter = (session: SessionView) => Number(session.tmuxId.slice(1))
  return Object.values(sessions)
    .sort((a, b) => serverRank(a) - serverRank(b) || counter(a) - counter(b))
    .map((session) => session.id)
}
