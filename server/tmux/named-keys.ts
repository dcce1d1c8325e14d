import type { KeyName } from '../protocol.ts'
import type { TmuxServer } from './server.ts'

/** tmux's names: it knows which form of these keys the program has asked for. */
const TMUX_NAMES: Partial<Record<KeyName, string>> = {
  BackTab: 'BTab',
  Backspace: 'BSpace',
  Delete: 'DC',
  Up: 'Up',
  Down: 'Down',
  Left: 'Left',
  Right: 'Right',
  Home: 'Home',
  End: 'End',
  PageUp: 'PPage',
  PageDown: 'NPage',
}

/** Keys that are one byte; tmux's names for these differ between versions. */
const BYTES: Partial<Record<KeyName, number>> = { Enter: 0x0d, Escape: 0x1b, Tab: 0x09 }

/**
 * Presses keys in a pane (`%3`), each in its order, past tmux's own key tables. A pane in copy mode
 * must be taken out of it first. Rejects with a `TmuxError`.
 */
export async function pressKeys(
  server: TmuxServer,
  paneId: string,
  keys: readonly KeyName[],
): Promise<void> {
  for (const key of keys) {
    const name = TMUX_NAMES[key]
    const words = name === undefined ? ['-H', byteOf(key).toString(16)] : [name]
    await server.run(['send-keys', '-t', paneId, ...words], { kind: 'act' })
  }
}

/** The control character of a key named `C-x`, or of one in `BYTES`. */
function byteOf(key: KeyName): number {
  return BYTES[key] ?? key.charCodeAt(2) & 0x1f
}
