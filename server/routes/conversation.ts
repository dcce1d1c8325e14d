import { Hono } from 'hono'
import { agentConversation } from '../core/agent-conversation.ts'
import type { Agents } from '../core/agents.ts'
import type { Env } from '../core/caller.ts'
import { Failure } from '../core/failure.ts'
import type { TranscriptResponse } from '../protocol.ts'

/** Entries of one answer, where the caller names no number, and at most. */
const PAGE = 60
const MAX_PAGE = 200

/** What was said and done, as the agent itself wrote it down. */
export function conversationRoutes({ agents }: { agents: Agents }) {
  return new Hono<Env>().get('/api/agents/:id/transcript', async (c) => {
    const live = agents.find(c.req.param('id'))
    if (!live) throw new Failure('not-found', 'This agent is not known here, or ended long ago.')
    const before = readNumber(c.req.query('before'), 'before')
    const limit = Math.min(MAX_PAGE, readNumber(c.req.query('limit'), 'limit') ?? PAGE)
    const answer = await agentConversation(live, { before, limit })
    return c.json(answer satisfies TranscriptResponse)
  })
}

function readNumber(text: string | undefined, name: string): number | undefined {
  if (text === undefined) return undefined
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw new Failure('bad-request', `"${name}" must be a whole number.`)
}
