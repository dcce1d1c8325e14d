import type { Question } from './protocol.ts'

/**
 * What the model is to do, written by the test into the prompt itself: `Tidy up. %slow=8 %tool=bash`.
 * A percent sign, because every other sign opens a picker in some agent.
 */
export interface Script {
  /** Seconds of words before the call or the end. */
  slow: number
  /** Seconds of words after the tool's result. */
  final: number
  tool?: ScriptedTool
  /** Every request of this turn gets this HTTP status. */
  error?: number
  /** It says what dialogs and busy lines of the agents look like. */
  trap: boolean
}

export const SCRIPTED_TOOLS = ['bash', 'edit', 'ask', 'agent'] as const
/** A shell command, a file, a question to the user, a subagent. */
export type ScriptedTool = (typeof SCRIPTED_TOOLS)[number]

const WORD = /%(slow|final|tool|error|trap)(?:=(\w+))?/g

/**
 * The newest script that the user wrote, and how many results of tools came since: the first answer
 * calls the tool, the next one closes the turn. Undefined where nobody wrote one.
 */
export function readScript({
  messages,
}: Question): { script: Script; results: number } | undefined {
  for (let at = messages.length - 1; at >= 0; at -= 1) {
    const message = messages[at]
    if (message?.from !== 'user') continue
    // Agents put their own words around the prompt: only the last line with a script is it.
    const line = message.text.split('\n').findLast((text) => text.search(WORD) >= 0)
    if (line === undefined) continue
    const later = messages.slice(at + 1)
    return {
      script: parseScript(line),
      results: later.filter(({ holds }) => holds === 'result').length,
    }
  }
  return undefined
}

function parseScript(line: string): Script {
  const words = new Map([...line.matchAll(WORD)].map(([, name = '', value = '']) => [name, value]))
  const tool = SCRIPTED_TOOLS.find((one) => one === words.get('tool'))
  return {
    slow: Number(words.get('slow') ?? 0.4),
    final: Number(words.get('final') ?? 1),
    ...(tool ? { tool } : {}),
    ...(words.has('error') ? { error: Number(words.get('error')) } : {}),
    trap: words.has('trap'),
  }
}

/** Plain words of an answer that look like every agent's dialogs and busy lines. */
export const TRAP = `

Do you want to proceed?

\u276f 1. Yes
  2. No, and tell me what to do differently (esc)

Allow execution of: rm -rf?  Would you like to run the following command?

Working (3s, esc to interrupt)

Allow once   Allow always   Reject

Enter to select · ↑/↓ to navigate · Esc to cancel

Press enter to confirm or esc to cancel`

const TALK =
  'Looking at the layout of the project and thinking about which file to change next'.split(' ')

/** The n-th piece of an answer that goes on for as long as one wants. */
export function talk(n: number): string {
  return `${TALK[n % TALK.length]}${n % 18 === 17 ? '.\n\n' : ' '}`
}
