import type { StartRow, StartState, StartView } from '../../server/protocol.ts'

/** What people read of sessions on their way. Pure. */

/** Nothing more comes of a row by itself. */
export function isOver({ state }: StartRow): boolean {
  return state === 'done' || state === 'unsent' || state === 'failed'
}

/** All that was asked for has come about; a prompt that waits in the input line has not. */
export function isDone({ state, receipt }: StartRow): boolean {
  return state === 'done' && (receipt === undefined || receipt === 'submitted')
}

const WORDS: Readonly<Record<StartState, string>> = {
  queued: 'Waits its turn',
  making: 'Starting',
  starting: 'Starting the agent',
  done: 'Started',
  unsent: 'Prompt not sent',
  failed: 'Failed',
}

/** How far a row is, in some words. */
export function rowWords(start: StartView, row: StartRow): string {
  const { state, receipt, agent } = row
  if (state === 'starting' && agent !== undefined) return 'Waits until it is ready'
  if (state !== 'done' || start.prompt === '') return WORDS[state]
  return receipt === 'submitted' ? 'Prompt submitted' : 'Prompt typed, Enter showed no effect'
}

/** The start that made a session, and which of its rows. */
export function startOf(
  starts: Readonly<Record<string, StartView>>,
  session: string,
): { start: StartView; row: StartRow; at: number } | undefined {
  for (const start of Object.values(starts)) {
    const at = start.rows.findIndex((row) => row.session === session)
    const row = start.rows[at]
    if (row) return { start, row, at }
  }
  return undefined
}
