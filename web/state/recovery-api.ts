import type {
  ForgetResponse,
  RebuildRequest,
  RebuildResponse,
  RecoveryResponse,
  ResumeRequest,
  ResumeResponse,
} from '../../server/protocol.ts'
import { request } from './api.ts'

/** What was lost with a tmux server, and the way back; each act may be sent again and acts once. */

const id = encodeURIComponent
/** Shells start one after the other; milliseconds. */
const REBUILD_MS = 120_000

export function readRecovery(signal?: AbortSignal): Promise<RecoveryResponse> {
  return request('GET', '/api/recovery', undefined, { signal })
}

export function rebuildLost(lost: string, body: RebuildRequest): Promise<RebuildResponse> {
  return request('POST', `/api/recovery/${id(lost)}/rebuild`, body, { deadlineMs: REBUILD_MS })
}

/** Nothing of it is offered any more; what is remembered of its agents stays. */
export function forgetLost(lost: string): Promise<ForgetResponse> {
  return request('POST', `/api/recovery/${id(lost)}/forget`, {})
}

export function resumeAgent(agent: string, body: ResumeRequest): Promise<ResumeResponse> {
  return request('POST', `/api/agents/${id(agent)}/resume`, body, { deadlineMs: 60_000 })
}
