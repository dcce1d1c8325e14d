import { produce, reconcile, type SetStoreFunction, unwrap } from 'solid-js/store'
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
  /** Epoch in which each server, session or agent was last told of, or left: a late frame undoes nothing. */
  told: Record<string, number>
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
    told: {},
  }
}

/** Sessions and agents that left are remembered up to this many, so that a page open for months stays small. */
const MAX_TOMBSTONES = 2_000

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
      if (isNews(state, set, frame.server.id, frame.epoch)) putServer(state, set, frame.server)
      break
    case 'session':
      if (isNews(state, set, frame.session.id, frame.epoch)) putSession(state, set, frame.session)
      break
    case 'session-gone':
      if (!isNews(state, set, frame.id, frame.epoch)) break
      dropSession(state, set, frame.id)
      bury(state, set)
      break
    case 'agent':
      if (isNews(state, set, frame.agent.id, frame.epoch)) putAgent(state, set, frame.agent)
      break
    case 'agent-gone':
      if (!isNews(state, set, frame.id, frame.epoch)) break
      dropAgent(set, frame.id)
      bury(state, set)
      break
    case 'attention':
      if (isNews(state, set, frame.item.id, frame.epoch)) putNeed(state, set, frame.item)
      break
    case 'attention-gone':
      if (!isNews(state, set, frame.id, frame.epoch)) break
      dropNeed(set, frame.id)
      bury(state, set)
      break
    case 'settings':
      if (isNews(state, set, 'settings', frame.epoch)) set('settings', reconcile(frame.settings))
      break
    case 'storage':
      set('storage', reconcile(frame.storage))
      break
    case 'start':
      if (isNews(state, set, frame.start.id, frame.epoch)) putStart(state, set, frame.start)
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

/** Whether this epoch is newer than what we were told of the thing; remembers it if so. */
function isNews(state: State, set: SetState, id: string, epoch: number): boolean {
  if (epoch <= (state.told[id] ?? -1)) return false
  set('told', id, epoch)
  return true
}

function applyHello(state: State, set: SetState, frame: FeedFrame & { type: 'hello' }): void {
  const sameBoot = frame.boot === state.boot
  if (sameBoot && frame.epoch < state.epoch) return
  const sessions = Object.fromEntries(frame.sessions.map((session) => [session.id, session]))
  const told: Record<string, number> = sameBoot ? { ...state.told } : {}
  if (sameBoot)
    for (const id of [
      ...state.order,
      ...Object.keys(state.agents),
      ...Object.keys(state.attention),
    ]) {
      told[id] = frame.epoch
    }
  for (const { id } of [
    ...frame.servers,
    ...frame.sessions,
    ...frame.agents,
    ...frame.attention,
    ...frame.starts,
  ]) {
    told[id] = frame.epoch
  }
  const { boot, epoch, version, host, scope } = frame
  set({ boot, epoch, version, host, scope })
  set('servers', reconcile(frame.servers, { key: 'id' }))
  set('sessions', reconcile(sessions, { key: 'id' }))
  set('order', reconcile(sorted(frame.servers, sessions)))
  const agents = Object.fromEntries(frame.agents.map((agent) => [agent.id, agent]))
  set('agents', reconcile(agents, { key: 'id' }))
  set('storage', reconcile(frame.storage))
  const attention = Object.fromEntries(frame.attention.map((item) => [item.id, item]))
  set('attention', reconcile(attention, { key: 'id' }))
  set('settings', reconcile(frame.settings))
  const starts = Object.fromEntries(frame.starts.map((start) => [start.id, start]))
  set('starts', reconcile(starts, { key: 'id' }))
  set('batches', reconcile(frame.batches))
  set('output', reconcile(frame.output))
  set('told', reconcile(told))
}

function putServer(state: State, set: SetState, server: TmuxServerView): void {
  const index = state.servers.findIndex((other) => other.id === server.id)
  set('servers', index < 0 ? state.servers.length : index, reconcile(server))
}

function putSession(state: State, set: SetState, session: SessionView): void {
  const known = state.sessions[session.id] !== undefined
  set('sessions', session.id, known ? reconcile(session, { key: 'id' }) : session)
  if (known) return
  set('order', sorted(state.servers, state.sessions))
}

function dropSession(state: State, set: SetState, id: string): void {
  const session = state.sessions[id]
  if (!session) return
  set(
    'order',
    state.order.filter((other) => other !== id),
  )
  set(
    'sessions',
    produce((sessions) => {
      delete sessions[id]
    }),
  )
}

function putAgent(state: State, set: SetState, agent: AgentView): void {
  const known = state.agents[agent.id] !== undefined
  set('agents', agent.id, known ? reconcile(agent, { key: 'id' }) : agent)
}

function dropAgent(set: SetState, id: string): void {
  set(
    'agents',
    produce((agents) => {
      delete agents[id]
    }),
  )
}

function putStart(state: State, set: SetState, start: StartView): void {
  const known = state.starts[start.id] !== undefined
  set('starts', start.id, known ? reconcile(start) : start)
}

function putNeed(state: State, set: SetState, item: AttentionView): void {
  const known = state.attention[item.id] !== undefined
  set('attention', item.id, known ? reconcile(item, { key: 'id' }) : item)
}

function dropNeed(set: SetState, id: string): void {
  set(
    'attention',
    produce((attention) => {
      delete attention[id]
    }),
  )
}

/** Forgets the oldest tombstones. A frame that late does not exist on an ordered socket. */
function bury(state: State, set: SetState): void {
  // As plain data: through the store each of thousands of looks costs a hundred times as much.
  const { told, sessions, agents, attention, servers } = unwrap(state)
  const there = [sessions, agents, attention].map((kept) => Object.keys(kept).length)
  const living = there.reduce((sum, count) => sum + count, servers.length)
  const ids = Object.keys(told)
  if (ids.length <= MAX_TOMBSTONES + living) return
  const known = new Set(servers.map((server) => server.id))
  const gone = ids.filter((id) => !sessions[id] && !agents[id] && !attention[id] && !known.has(id))
  gone.sort((a, b) => (told[a] ?? 0) - (told[b] ?? 0))
  // Half of them at once, so that this is done for one in a thousand that leave.
  const forgotten = gone.slice(0, Math.max(0, gone.length - MAX_TOMBSTONES / 2))
  set(
    'told',
    produce((kept) => {
      for (const id of forgotten) delete kept[id]
    }),
  )
}

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
