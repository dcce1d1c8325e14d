import type {
  HistoryResponse,
  PromptRequest,
  PromptResponse,
  ScreenResponse,
} from '../../server/protocol.ts'
import { request } from '../state/api.ts'

/** Requests about one pane. Each throws `ApiError`, or the signal's reason. */

const path = (pane: string, what: string) => `/api/panes/${encodeURIComponent(pane)}/${what}`

/** The visible screen, as plain text or with its escape sequences. */
export function readScreen(
  pane: string,
  format: 'plain' | 'ansi',
  signal?: AbortSignal,
): Promise<ScreenResponse> {
  const query = format === 'ansi' ? '?format=ansi' : ''
  return request('GET', `${path(pane, 'screen')}${query}`, undefined, { signal })
}

/** Lines above the screen from `start`, counted from the top of the history. */
export function readHistory(
  pane: string,
  slice: { start?: number; count: number },
  signal?: AbortSignal,
): Promise<HistoryResponse> {
  const query = new URLSearchParams({ count: String(slice.count) })
  if (slice.start !== undefined) query.set('start', String(slice.start))
  return request('GET', `${path(pane, 'history')}?${query}`, undefined, { signal })
}

/** Sends a prompt. The same `id` may be sent again: the server types it once. */
export function sendPrompt(pane: string, body: PromptRequest): Promise<PromptResponse> {
  // Long prompts are typed in steps and then watched until they left the input line.
  return request('POST', path(pane, 'prompt'), body, { deadlineMs: 30_000 })
}
