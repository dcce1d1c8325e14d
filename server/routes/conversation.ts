import { Hono } from 'hono'
import { agentConversation, pastConversation } from '../core/agent-conversation.ts'
import type { AgentStore } from '../core/agent-store.ts'
import type { Agents } from '../core/agents.ts'
import type { Env } from '../core/caller.ts'
import type { Page } from '../core/conversation.ts'
import { toldOf } from '../core/conversation-news.ts'
import { Failure } from '../core/failure.ts'
import { wholeNumber } from '../core/whole-number.ts'
import type { TranscriptResponse } from '../protocol.ts'

/** Entries of one answer, where the caller names no number, and at most. */
const PAGE = 60
const MAX_PAGE = 200

/** What was said and done, as the agent itself wrote it down; also where it is long gone. */
export function conversationRoutes({ agents, store }: { agents: Agents; store: AgentStore }) {
  const read = (id: string, page: Page): Promise<TranscriptResponse> => {
    const live = agents.find(id)
    if (live) return agentConversation(live, page)
    const past = store.find(id)
    if (past) return pastConversation(past, page)
    throw new Failure('not-found', 'This agent is not known here.')
  }
  return new Hono<Env>().get('/api/agents/:id/transcript', async (c) => {
    const before = wholeNumber(c.req.query('before'), 'before', 15)
    const limit = Math.min(MAX_PAGE, wholeNumber(c.req.query('limit'), 'limit') ?? PAGE)
    const told = c.req.query('after')
    const after = told === undefined ? undefined : toldOf(told)
    if (before !== undefined && after) {
      throw new Failure('bad-request', 'Ask for "before" or for "after", not for both.')
    }
    const answer = await read(c.req.param('id'), { before, after, limit })
    return c.json(answer satisfies TranscriptResponse)
  })
}
