import type { ErrorBody, ErrorCode } from '../protocol.ts'

/** HTTP status of each error code. */
export const FAILURE_STATUS = {
  'bad-request': 400,
  unauthorized: 401,
  forbidden: 403,
  misdirected: 421,
  'not-found': 404,
  conflict: 409,
  'too-large': 413,
  busy: 503,
  'tmux-unavailable': 503,
  'tmux-refused': 422,
  'tmux-timeout': 504,
  internal: 500,
} as const satisfies Record<ErrorCode, number>

/**
 * A failure whose sentence goes to the person who asked. Routes throw it; the app answers it once,
 * as `{error:{code,message}}` with the status of its code.
 */
export class Failure extends Error {
  override name = 'Failure'
  constructor(
    readonly code: ErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }

  get status(): (typeof FAILURE_STATUS)[ErrorCode] {
    return FAILURE_STATUS[this.code]
  }

  get body(): ErrorBody {
    return { error: { code: this.code, message: this.message } }
  }
}
