import { delay } from '../lib/time.ts'
import { TmuxError } from './errors.ts'
import type { TmuxServer } from './server.ts'

/** Bytes older than this have been read, however busy tmux was. */
const SETTLED_MS = 400
/** From the write to the moment tmux can read it, through the kernel's terminal queue. */
const KERNEL_MS = 30
/** tmux reads a terminal in pieces of this size, one per turn of its loop. */
const READ_BYTES = 4_096
const MAX_TURNS = 20
/** A tmux that is silent for longer is taken for hung; what it has not read by then is lost. */
const ANSWER_MS = 2_000

/** What was typed lately. `at` as of `performance.now()`. */
export interface Typed {
  bytes: number
  at: number
}

/** Counts freshly typed bytes in; what was typed long before is no longer counted. */
export function addTyped(before: Typed, bytes: number): Typed {
  const now = performance.now()
  return { bytes: (now - before.at > SETTLED_MS ? 0 : before.bytes) + bytes, at: now }
}

/**
 * Waits until tmux has read what was typed into a client's terminal: what lies there unread when
 * the client ends is lost. tmux answers one question per turn of its loop, and reads in each.
 */
export async function settleInput(server: TmuxServer, typed: Typed): Promise<void> {
  if (typed.bytes === 0 || performance.now() - typed.at > SETTLED_MS) return
  await delay(KERNEL_MS)
  const turns = Math.min(MAX_TURNS, 2 + Math.ceil(typed.bytes / READ_BYTES))
  try {
    for (let turn = 0; turn < turns; turn += 1) {
      // An act: it must not be held back because tmux was silent lately.
      await server.run(['display-message', '-p', ''], { kind: 'act', deadlineMs: ANSWER_MS })
    }
  } catch (error) {
    // A tmux that does not answer reads nothing either; waiting longer helps nobody.
    if (!(error instanceof TmuxError)) throw error
  }
}
