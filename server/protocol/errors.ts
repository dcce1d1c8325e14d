/** Body of every failed request. `message` is a sentence for people that says what to do. */
export interface ErrorBody {
  error: { code: ErrorCode; message: string }
}

export const ERROR_CODES = [
  'bad-request',
  'unauthorized',
  'forbidden',
  'misdirected',
  'not-found',
  'conflict',
  'too-large',
  'busy',
  'tmux-unavailable',
  'tmux-refused',
  'tmux-timeout',
  'internal',
] as const
export type ErrorCode = (typeof ERROR_CODES)[number]
