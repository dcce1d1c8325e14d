import type { AgentView } from '../../server/protocol.ts'
import { isCodingAgent } from './agents.ts'
import type { FeedState } from './apply.ts'

/** Prompts to several agents at once. Pure. */

/** Prompts that are on the way at the same time. */
const AT_ONCE = 4

type Known = Pick<FeedState, 'agents' | 'sessions' | 'order'>

/** Agents that a prompt could be typed for at some time, in the order of their sessions. */
export function promptable({ agents, sessions, order }: Known): AgentView[] {
  const place = new Map(order.map((id, index) => [id, index]))
  return Object.values(agents)
    .filter((agent) => isCodingAgent(agent) && agent.liveness === 'live' && !agent.parent)
    .filter(({ session }) => sessions[session] !== undefined)
    .sort((a, b) => (place.get(a.session) ?? 0) - (place.get(b.session) ?? 0))
}

/** Whether it waits for a prompt as far as the page knows; the server looks again before it types. */
export function isReady({ activity, session }: AgentView, { sessions }: Known): boolean {
  return activity === 'idle' && sessions[session]?.freshness === 'healthy'
}

/** Does `work` for each item, some at a time, in their order. */
export async function eachOf<T>(items: readonly T[], work: (item: T) => Promise<void>) {
  const left = [...items]
  const worker = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
}
