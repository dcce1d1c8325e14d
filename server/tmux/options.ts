import type { TmuxServerView, TmuxState } from '../protocol.ts'
import type { TmuxTree } from './tree.ts'

/** What a `TmuxServer` tells. */
export type TmuxServerEvent =
  | { type: 'status' }
  /** Something in the listing changed. */
  | { type: 'tree'; tree: TmuxTree }
  /** A pane (`%3`) printed something; at most 4 per second and pane. `at` in epoch milliseconds. */
  | { type: 'output'; pane: string; at: number }

export type TmuxStatus = Omit<TmuxServerView, 'id' | 'label' | 'socketPath'>

/** How a window's size is given back: the size, and `window-size` where the window had its own. */
export interface Restore {
  cols: number
  rows: number
  windowSize?: string
}

/** Intervals in milliseconds, to be shortened by tests. */
export interface Intervals {
  /** A poll by fork, where there is no control client. */
  pollMs: number
  /** A look at the socket file, where nobody listens. */
  idleMs: number
  /** A listing although nothing told of a change. */
  safetyMs: number
  /** A look at the state of tmux's process. */
  pulseMs: number
  /** Between two listings while changes stream in. */
  stormMs: number
  /** So long tmux has stood still when a control client attaches. */
  calmMs: number
  /** First pause before control mode is tried again after it failed twice. */
  retryMs: number
  /** Pause of probes after a first timeout. */
  breakerMs: number
  /** Longest wait for a probe. */
  probeMs: number
}

export const INTERVALS: Intervals = {
  pollMs: 2_000,
  idleMs: 2_000,
  safetyMs: 12_000,
  pulseMs: 2_000,
  stormMs: 120,
  calmMs: 250,
  retryMs: 30_000,
  breakerMs: 30_000,
  probeMs: 2_500,
}

/** The sentence for people that belongs to a state, where one is needed. */
export function stateDetail(state: TmuxState, version?: string): string | undefined {
  switch (state) {
    case 'missing':
      return 'The tmux program was not found. Install tmux 3.2 or newer; dogwatch will notice by itself.'
    case 'too-old':
      return `tmux ${version ?? ''} is too old. dogwatch needs tmux 3.2 or newer.`
    case 'no-server':
      return 'No tmux server runs here. Start a session and it appears.'
    case 'no-sessions':
      return 'The tmux server runs but has no session.'
    case 'unresponsive':
      return 'tmux does not answer. What you see is the last it said; it is looked for again.'
    case 'connected':
      return undefined
  }
  return state satisfies never
}

/** Whether this is tmux 3.2 or newer. `master` and `next-3.7` are. */
export function isRecent(version: string): boolean {
  const match = /(\d+)\.(\d+)/.exec(version)
  if (!match) return true
  const [major, minor] = [Number(match[1]), Number(match[2])]
  return major > 3 || (major === 3 && minor >= 2)
}
