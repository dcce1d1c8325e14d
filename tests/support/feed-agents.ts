import type { Page } from 'playwright/test'
import type { AgentView, AttentionView, FeedFrame } from '../../server/protocol.ts'

/** Which agents a page is told of, through the real feed of the real server. */
export interface ToldAgents {
  /** Tells of an agent, or of its change, and of what it needs. `session` is the name of a session. */
  tell(agent: AgentView): void
  /** Tells of a need by itself. */
  need(item: AttentionView): void
  forget(id: string): void
}

/** What the server would say of an agent that asks or failed. */
function needOf({
  id,
  activity,
  ask,
  since,
  evidence,
  liveness,
}: AgentView): AttentionView | undefined {
  if (liveness !== 'live') return undefined
  if (activity === 'failed') {
    return {
      id: `${id}-failed`,
      agent: id,
      reason: 'failed',
      since,
      text: evidence.line,
      generation: 1,
    }
  }
  if (activity !== 'asking') return undefined
  const reason = ask?.kind === 'question' ? 'question' : 'permission'
  const need = { id: `${id}-${ask?.id ?? 'ask'}`, agent: id, reason, since, generation: 1 } as const
  return { ...need, text: ask?.text ?? '', ...(ask ? { ask: ask.id } : {}) }
}

/** Lets the feed's socket alone say what the feed says first, for a test that has a say in it. */
export async function withoutEarlyHello(page: Page): Promise<void> {
  await page.route('**/api/ws-ticket?*', (route) => {
    const url = new URL(route.request().url())
    url.searchParams.delete('hello')
    return route.continue({ url: url.href })
  })
}

/**
 * Adds agents to what the page hears on its feed. Sessions, panes and all else come from the server;
 * an agent's `session` is given by name and sent as the id of that session, with its current pane.
 */
export async function tellAgents(page: Page, agents: AgentView[] = []): Promise<ToldAgents> {
  const known = new Map(agents.map((agent) => [agent.id, agent]))
  const needs = new Map(
    agents.flatMap((agent) => {
      const item = needOf(agent)
      return item ? [[agent.id, item] as const] : []
    }),
  )
  const names = new Map<string, { id: string; pane: string }>()
  let send: ((frame: FeedFrame) => void) | undefined
  let epoch = 0
  const placed = (agent: AgentView): AgentView => {
    const place = names.get(agent.session)
    return place ? { ...agent, session: place.id, pane: place.pane } : agent
  }
  await withoutEarlyHello(page)
  await page.routeWebSocket(/\/ws\/feed$/, (socket) => {
    const server = socket.connectToServer()
    // What is ours comes after what the server said, in the same epochs.
    send = (frame) => socket.send(JSON.stringify(frame))
    server.onMessage((data) => {
      const frame = JSON.parse(`${data}`) as FeedFrame
      const sessions =
        frame.type === 'hello' ? frame.sessions : frame.type === 'session' ? [frame.session] : []
      const found = sessions.filter(({ name }) => !names.has(name)).map(({ name }) => name)
      for (const session of sessions) {
        const window = session.windows.find((view) => view.active)
        names.set(session.name, { id: session.id, pane: window?.panes[0]?.id ?? '' })
      }
      if (frame.type !== 'pong') epoch = Math.max(epoch, frame.epoch)
      const more =
        frame.type === 'hello'
          ? { ...frame, agents: [...known.values()].map(placed), attention: [...needs.values()] }
          : frame
      socket.send(JSON.stringify(more))
      if (frame.type !== 'session') return
      // A session that the server finds after its hello: from now on its agents have a place.
      for (const agent of known.values()) {
        if (!found.includes(agent.session)) continue
        epoch += 1
        send?.({ type: 'agent', epoch, agent: placed(agent) })
      }
    })
  })
  return {
    tell(agent) {
      known.set(agent.id, agent)
      epoch += 1
      send?.({ type: 'agent', epoch, agent: placed(agent) })
      const [before, item] = [needs.get(agent.id), needOf(agent)]
      if (before && before.id !== item?.id) {
        epoch += 1
        send?.({ type: 'attention-gone', epoch, id: before.id })
      }
      needs.delete(agent.id)
      if (!item) return
      needs.set(agent.id, item)
      epoch += 1
      send?.({ type: 'attention', epoch, item })
    },
    need(item) {
      needs.set(item.agent, item)
      epoch += 1
      send?.({ type: 'attention', epoch, item })
    },
    forget(id) {
      known.delete(id)
      needs.delete(id)
      epoch += 1
      send?.({ type: 'agent-gone', epoch, id })
    },
  }
}
