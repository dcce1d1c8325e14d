import type { SessionView } from './tmux.ts'

/**
 * Answer to `POST /api/sessions {id, server?, name?, cwd?, command?}`: `id` de-duplicates retries for
 * ten minutes, `server` is the id of a tmux server (the first one by default), `name` absent or empty
 * means tmux's next free number, `command` is a shell command line (the default shell without one).
 */
export interface CreateSessionResponse {
  session: SessionView
  /** Set where tmux stored another name than the one asked for. */
  renamedFrom?: string
}

export interface RenameSessionRequest {
  name: string
}

export interface KillSessionResponse {
  ended: boolean
  /** Processes of the session that outlived it (pid and name). */
  survivors: { pid: number; command: string }[]
}

/** `sent`: it is in the pane; `submitted`: Enter took effect; `not-submitted`: it waits in the input line. */
export type PromptReceipt = 'sent' | 'submitted' | 'not-submitted'

export interface PromptRequest {
  id: string
  text: string
  /** Press Enter after the text. Default true. */
  submit?: boolean
  /**
   * Id of the agent it is for: typed only while that one is proven to wait for a prompt, else refused
   * as a `conflict` whose message says why. Always submitted.
   */
  agent?: string
}

export interface PromptResponse {
  receipt: PromptReceipt
  /** The same id had been handled before; nothing was typed again. */
  duplicate: boolean
  /** One sentence for people where the receipt is not `submitted`. */
  detail?: string
}

/** Keys that have a name; everything else is typed as text. */
export const KEY_NAMES = [
  'Enter',
  'Escape',
  'Tab',
  'BackTab',
  'Backspace',
  'Delete',
  'Up',
  'Down',
  'Left',
  'Right',
  'Home',
  'End',
  'PageUp',
  'PageDown',
  'C-a',
  'C-b',
  'C-c',
  'C-d',
  'C-e',
  'C-k',
  'C-l',
  'C-n',
  'C-o',
  'C-p',
  'C-r',
  'C-t',
  'C-u',
  'C-w',
  'C-z',
] as const
export type KeyName = (typeof KEY_NAMES)[number]

export interface KeysRequest {
  id: string
  keys: KeyName[]
}

export interface KeysResponse {
  sent: boolean
  duplicate: boolean
}

export interface ScreenResponse {
  cols: number
  rows: number
  cursor: { x: number; y: number; visible: boolean }
  /** Rows joined by newlines; with escape sequences where `?format=ansi`. */
  text: string
  /** A full-screen program owns the screen now (`alternate_on`). */
  alternate: boolean
  /** The program has asked for the mouse (`mouse_any_flag`), whatever tmux's own `mouse` says. */
  mouse: boolean
  /**
   * Set where the pane has ended or tmux does not answer, and this is what an agent last showed
   * there, as it was remembered: epoch milliseconds of when it was last seen so.
   */
  rememberedAt?: number
}

export interface HistoryResponse {
  /** Lines above the visible screen that tmux keeps. */
  size: number
  /** First line of this slice, counted from the top of the history (0). */
  start: number
  /** Rows with escape sequences, wrapped rows joined. At most `LIMITS.historySlice`. */
  lines: string[]
  /** The screen right below, as rows with escape sequences, where no `start` was asked for. */
  screen?: string
}

/** `GET /api/directories?path=`: folders that complete a path. */
export interface DirectoriesResponse {
  base: string
  /** Absolute paths, at most 50. */
  directories: string[]
  truncated: boolean
}
