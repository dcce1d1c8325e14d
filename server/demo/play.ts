/**
 * What the pretended agents of `dogwatch demo` do. A play is a list of steps; the player acts them
 * out on its terminal and in the files that an agent of that kind writes, so that everything that
 * is shown of it comes through the same detection as with a real one.
 */

/** A question to the user, which waits for the keys of its dialog. */
export type Ask =
  | { type: 'permission'; command: string; why: string; output: readonly string[] }
  | { type: 'question'; header: string; text: string; options: readonly string[] }

export type Step =
  /** The user's words: a turn begins. */
  | { type: 'prompt'; text: string }
  | { type: 'say'; text: string }
  /** A command, whose output comes line by line. */
  | { type: 'run'; command: string; output: readonly string[] }
  /** Puts `now` in the place of `old` in a file of the folder. */
  | { type: 'edit'; path: string; old: string; now: string }
  /** Takes all changes back, so that a play can begin anew. */
  | { type: 'restore' }
  | Ask
  /** A request to the model that fails and is tried again, for ever. */
  | { type: 'retry'; text: string }
  | { type: 'fail'; text: string }
  /** The user's Esc. */
  | { type: 'interrupt' }
  /** The turn is over. */
  | { type: 'done' }
  | { type: 'wait'; seconds: number }
  /** The agent ends as it does by its own command, or as if it was killed. */
  | { type: 'exit' }
  | { type: 'die' }

/** Agents that the demo can play. */
export const PLAYED_KINDS = ['claude', 'codex', 'copilot', 'gemini', 'opencode'] as const

export interface Play {
  kind: (typeof PLAYED_KINDS)[number]
  /** Name of the conversation. */
  title: string
  /** What was before the demo began: it stands in the transcript and on the screen. */
  earlier?: readonly Step[]
  steps: readonly Step[]
  /** Acted out again and again after the steps. */
  again?: readonly Step[]
}

/** One session of the demo: a folder of its own, and an agent or a plain program in it. */
export interface Place {
  /** Name of session and folder. */
  name: string
  /** Files of its git repository; absent: a plain folder. */
  files?: Readonly<Record<string, string>>
  branch?: string
  play?: Play
  /** What its shell prints where no agent runs. */
  prints?: readonly string[]
}
