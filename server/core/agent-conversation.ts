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
