/**
 * Why a tmux command failed.
 * `no-tmux`: no such program; `no-server`: nobody listens at the socket (reliable: there are no
 * sessions); `no-target`: the session, window, pane or client is gone; `timeout`: no answer in
 * time, the command may still happen; `refused`: tmux said no; `gone`: the server or our channel
 * went away in mid-command; `suspended`: not asked, because tmux did not answer lately.
 */
export type TmuxErrorCode =
  | 'no-tmux'
  | 'no-server'
  | 'no-target'
  | 'timeout'
  | 'refused'
  | 'gone'
  | 'suspended'

/** One failed tmux command. `stderr` is tmux's own text; `argv` must never be logged: it can hold what a person typed. */
export class TmuxError extends Error {
  override name = 'TmuxError'
  constructor(
    readonly code: TmuxErrorCode,
    readonly argv: readonly string[],
    readonly stderr: string,
    options?: ErrorOptions,
  ) {
    super(`tmux ${argv[0] ?? ''}: ${stderr.trim().slice(0, 200) || code}`, options)
  }
}

/**
 * Sorts tmux's message. Only the two texts for "nobody there" count as `no-server`: everything
 * unknown must not be taken for an empty list. "server exited unexpectedly" is a server that died
 * while we asked, or one that is just ending: it says nothing yet.
 */
export function classify(stderr: string): TmuxErrorCode {
  if (/^no server running on /m.test(stderr)) return 'no-server'
  if (/^error connecting to .* \(No such file or directory\)$/m.test(stderr)) return 'no-server'
  if (/^(server exited|lost server)/m.test(stderr)) return 'gone'
  if (/can't find |no such (session|window|pane|client)|session not found/.test(stderr)) {
    return 'no-target'
  }
  return 'refused'
}
