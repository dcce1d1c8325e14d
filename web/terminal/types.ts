import type {
  KeyName,
  MirrorReason,
  PaneView,
  Scope,
  TerminalFrame,
} from '../../server/protocol.ts'
import type { SocketState } from '../state/socket.ts'
import type { Sticky } from './sticky.ts'

/** Why the live picture has ended for good. */
export type GoneReason = Extract<TerminalFrame, { type: 'gone' }>['reason']

/** The lease "Fit to this screen", as the server last said it. `until` in epoch milliseconds. */
export interface Lease {
  holder: 'you' | 'other' | 'none'
  until?: number
}

/** Input that waits in the page. */
export interface HeldInput {
  bytes: number
  /** What was typed, control characters made visible; at most 120 characters of its end. */
  preview: string
  /** True when the wait was too long to send it unasked: the person decides. */
  asking: boolean
}

/** What the terminal's own socket knows. */
export interface LinkView {
  socket: SocketState
  /** The server has answered `open` on the socket that is current. */
  ready: boolean
  readOnly: boolean
  mode: 'client' | 'mirror'
  mirrorReason?: MirrorReason
  cols: number
  rows: number
  lease: Lease
  gone?: GoneReason
  held?: HeldInput
  /** Bytes that were on the way when the server restarted: nobody knows whether they arrived. */
  uncertain: number
  /** The server's last refusal, a sentence. */
  error?: string
}

/** Everything a head, a dock or a tab needs to know about one terminal. */
export interface TerminalState extends LinkView {
  /** What covers the live screen: nothing, the scrollback viewer or the screen as plain text. */
  view: 'live' | 'history' | 'text'
  /** Text size in CSS pixels that the grid has now. */
  fontSize: number
}

/** What others may ask of a terminal. */
export interface TerminalHandle {
  focus(): void
  /** Types a named key, as the keyboard would. */
  key(name: KeyName): void
  /** Pastes text through the guard. */
  paste(text: string): void
  /** Pastes what the clipboard holds; asks the browser for it. */
  pasteClipboard(): Promise<void>
  /** Takes or gives back the lease "Fit to this screen". */
  fit(on: boolean): void
  show(view: TerminalState['view']): void
  /** The row in which the cursor stands, up to it; undefined where nothing is shown yet. */
  cursorLine(): string | undefined
  /** Tries to connect at once. */
  reconnect(): void
  /** Ctrl and Alt of the key row. */
  readonly sticky: Sticky
}

export interface TerminalProps {
  paneId: string
  sessionId: string
  scope: Scope
  /** The terminal that keys belong to; it alone may use the graphics card. */
  focused: boolean
  /** What had the focus when keys came to belong to it, which may be before its code was here. */
  cameFrom?(): Element | null
  /** Other terminals are in sight too. */
  beside?: boolean
  /** What the feed knows of the pane; the wheel and the mouse need it. */
  pane?: PaneView
  /** Largest text size in CSS pixels. Default 13. */
  fontSize?: number
  /** The session's current pane is another one now. */
  onShowing?(paneId: string): void
  onState?(state: TerminalState): void
  /** A finger swept to the side where nothing more of the screen is. */
  onSwipe?(to: 'left' | 'right'): void
  /** Called once, when the terminal can be asked. */
  onHandle?(handle: TerminalHandle): void
}
