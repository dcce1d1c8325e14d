import { dirname } from 'node:path'
import type { AgentRow } from '../../db/agents.ts'
import { adapterOf } from '../agents/index.ts'
import type { TranscriptResponse } from '../protocol.ts'
import type { LiveAgent } from './agents.ts'
import { type Page, readConversation } from './conversation.ts'

/** One page of what an agent and its user said, as the agent itself wrote it down. */
export function agentConversation(
  { agent, sources }: LiveAgent,
  page: Page,
): Promise<TranscriptResponse> {
  const found = sources.transcript
  const isRunning = agent.state.turn !== undefined
  return readConversation(found && { ...found, adapter: agent.adapter, isRunning }, page)
}

/**
 * The same of an agent that is known from before only. Its file was found to be one of its own when
 * it was read; that it still is no link and no other user's is checked again.
 */
export function pastConversation(
  { view, transcript: path }: AgentRow,
  page: Page,
): Promise<TranscriptResponse> {
  const place = path === null ? undefined : { path, root: dirname(path), isRunning: false }
  return readConversation(place && { ...place, adapter: adapterOf(view.kind) }, page)
}
