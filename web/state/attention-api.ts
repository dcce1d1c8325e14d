import type {
  AnswerRequest,
  AnswerResponse,
  AttentionActResponse,
  SnoozeRequest,
} from '../../server/protocol.ts'
import { request } from './api.ts'

/** Acts upon what needs the user; each may be sent again and acts once. */

const id = encodeURIComponent

export function markSeen(item: string): Promise<AttentionActResponse> {
  return request('POST', `/api/attention/${id(item)}/seen`, {})
}

/** Puts it aside until a moment of the server's clock; 0 brings it back. */
export function snooze(item: string, body: SnoozeRequest): Promise<AttentionActResponse> {
  return request('POST', `/api/attention/${id(item)}/snooze`, body)
}

export function dismiss(item: string): Promise<AttentionActResponse> {
  return request('POST', `/api/attention/${id(item)}/dismiss`, {})
}

/** Answers a dialog, if it is still the one that was shown; else `conflict`, and nothing is typed. */
export function answerAsk(pane: string, body: AnswerRequest): Promise<AnswerResponse> {
  return request('POST', `/api/panes/${id(pane)}/answer`, body)
}
