import type {
  Activity,
  DeviceView,
  DirectoriesResponse,
  ErrorBody,
  ErrorCode,
  EvidenceResponse,
  KillSessionResponse,
  PairRequest,
  PairResponse,
  PairTicketRequest,
  PairTicketResponse,
  RenameSessionRequest,
  SessionView,
  TurnsResponse,
  WrongResponse,
  WsTicketResponse,
} from '../../server/protocol.ts'
import { forgetToken, token } from './token.ts'

/** Milliseconds until a request counts as lost. A kill may take some seconds by itself. */
const DEADLINE_MS = 15_000

/**
 * A request that did not give what was asked. `message` is a sentence for people.
 * `unreachable`: no answer at all, so it is unknown whether the server acted.
 */
export class ApiError extends Error {
  override name = 'ApiError'
  constructor(
    readonly code: ErrorCode | 'unreachable',
    message: string,
    /** HTTP status; 0 without an answer. */
    readonly status: number,
  ) {
    super(message)
  }
}

/** Why a request failed, as a sentence for people. */
export function sentenceOf(reason: unknown): string {
  return reason instanceof ApiError ? reason.message : String(reason)
}

export interface RequestOptions {
  signal?: AbortSignal
  deadlineMs?: number
}

function isErrorBody(body: unknown): body is ErrorBody {
  if (typeof body !== 'object' || body === null || !('error' in body)) return false
  const { error } = body
  return typeof error === 'object' && error !== null && 'code' in error && 'message' in error
}

async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json()
  } catch {
    // Not ours: a proxy's page or an answer cut short. The status says the rest.
    return undefined
  }
}

/**
 * One request to our own server with the device token; JSON both ways. Throws `ApiError`, or the
 * signal's reason when the caller gave up.
 */
export async function request<T>(
  method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE',
  path: string,
  body?: unknown,
  options: RequestOptions = {},
): Promise<T> {
  const used = token()
  const headers: Record<string, string> = {}
  if (used) headers.authorization = `Bearer ${used}`
  if (body !== undefined) headers['content-type'] = 'application/json'
  const limit = AbortSignal.timeout(options.deadlineMs ?? DEADLINE_MS)
  const signal = options.signal ? AbortSignal.any([options.signal, limit]) : limit
  let response: Response
  try {
    response = await fetch(path, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      signal,
      cache: 'no-store',
      // We set no cookies; another mode would cost a connection of its own.
      credentials: 'same-origin',
    })
  } catch (error) {
    if (options.signal?.aborted) throw error
    throw new ApiError('unreachable', 'The dogwatch server did not answer.', 0)
  }
  const answer = await readJson(response)
  if (response.ok && answer !== undefined) return answer as T
  throw failureOf(response.status, answer, used)
}

/** What a refusal says. A 401 forgets the token that was used, so that the page says so. */
export function failureOf(status: number, answer: unknown, used: string | undefined): ApiError {
  if (status === 401 && used) forgetToken('revoked', used)
  if (isErrorBody(answer)) return new ApiError(answer.error.code, answer.error.message, status)
  return new ApiError('internal', `The server answered with status ${status}.`, status)
}

const id = encodeURIComponent

export function pair(body: PairRequest): Promise<PairResponse> {
  return request('POST', '/api/pair', body)
}

/** Tickets for sockets; with `hello` what the feed will say first, where that is short. */
export function socketTickets(
  { count, hello }: { count: number; hello: boolean },
  options?: RequestOptions,
): Promise<WsTicketResponse> {
  const query = `count=${count}${hello ? '&hello=1' : ''}`
  return request('POST', `/api/ws-ticket?${query}`, {}, options)
}

/** The session as tmux has it now; its name may differ from the one asked for. */
export function renameSession(session: string, body: RenameSessionRequest): Promise<SessionView> {
  return request('PATCH', `/api/sessions/${id(session)}`, body)
}

/** Ends the session's processes. The server waits for them, so this may take some seconds. */
export function killSession(session: string): Promise<KillSessionResponse> {
  return request('DELETE', `/api/sessions/${id(session)}`, undefined, { deadlineMs: 30_000 })
}

export function listDirectories(path: string, signal?: AbortSignal): Promise<DirectoriesResponse> {
  return request('GET', `/api/directories?path=${id(path)}`, undefined, { signal })
}

export function listDevices(signal?: AbortSignal): Promise<{ devices: DeviceView[] }> {
  return request('GET', '/api/devices', undefined, { signal })
}

export function revokeDevice(device: string): Promise<unknown> {
  return request('DELETE', `/api/devices/${id(device)}`)
}

export function createPairTicket(body: PairTicketRequest): Promise<PairTicketResponse> {
  return request('POST', '/api/tickets', body)
}

/** Why we say what we say of an agent: the last word of every source. */
export function agentEvidence(agent: string, signal?: AbortSignal): Promise<EvidenceResponse> {
  return request('GET', `/api/agents/${id(agent)}/evidence`, undefined, { signal })
}

export function agentTurns(agent: string, signal?: AbortSignal): Promise<TurnsResponse> {
  return request('GET', `/api/agents/${id(agent)}/turns`, undefined, { signal })
}

/** Keeps screen and facts of the agent as a report of a wrong state; answers where it lies. */
export function reportWrong(agent: string, expected: Activity): Promise<WrongResponse> {
  return request('POST', `/api/agents/${id(agent)}/wrong`, { expected })
}
