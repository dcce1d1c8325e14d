import type {
  ProgramsResponse,
  StartPromptRequest,
  StartRequest,
  StartResponse,
} from '../../server/protocol.ts'
import { request } from './api.ts'

/** New sessions with their agents. Each throws `ApiError`, or the signal's reason. */

/** The agents that can be started on the machine. */
export function listPrograms(): Promise<ProgramsResponse> {
  return request('GET', '/api/programs')
}

/** Begins; what becomes of each row comes by the feed. The same `id` may be sent again. */
export function startSessions(body: StartRequest): Promise<StartResponse> {
  return request('POST', '/api/starts', body)
}

/** Types the prompt that waited, if the agent is ready now. */
export function sendFirstPrompt(start: string, body: StartPromptRequest): Promise<StartResponse> {
  const path = `/api/starts/${encodeURIComponent(start)}/prompt`
  return request('POST', path, body, { deadlineMs: 30_000 })
}
