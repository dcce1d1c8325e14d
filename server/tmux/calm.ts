import { delay } from '../lib/time.ts'
import { OWNER_OPTION } from './hooks.ts'
import type { Send } from './look.ts'

/** What tmux tells every control client of, whatever that client shows. */
const MOVING: readonly (readonly string[])[] = [
  [
    ...['list-panes', '-a', '-F'],
    '#{session_id} #{session_name} #{window_id} #{window_active} #{pane_id} #{pane_active} ' +
      `#{pane_in_mode} #{${OWNER_OPTION}}`,
  ],
  ['list-clients', '-F', '#{client_pid} #{session_id}'],
]
/** So often a session of our last life is waited for, which ends by itself. */
const LAST_LIFE_TRIES = 8

/**
 * Whether tmux stood still for `ms` milliseconds: no session, window, pane or client came, went or
 * changed its place. `owner` names our own hidden sessions: while one of an earlier life is about to
 * end, nothing stands still. Rejects where tmux does not answer.
 *
 * This guards people's sessions. tmux before 3.7 tells its news also to a control client that it
 * cannot write to yet, and crashes (control_write in control.c): the window is the ten microseconds
 * in which a control client says who it is, and 3.3a went down after 13 to 1,084 attachments beside
 * a hundred to a thousand renames a second. What a person does by chance cannot be known; a script
 * that makes session after session can.
 */
export async function isCalm(
  ask: Send,
  options: { ms: number; owner: string; signal: AbortSignal },
): Promise<boolean> {
  const { ms, owner, signal } = options
  let before = await picture(ask)
  for (let tries = 0; before.includes(` ${owner}\n`) && tries < LAST_LIFE_TRIES; tries += 1) {
    await delay(ms, signal)
    before = await picture(ask)
  }
  await delay(ms, signal)
  return !signal.aborted && before === (await picture(ask))
}

async function picture(ask: Send): Promise<string> {
  const answers = await Promise.all(MOVING.map((argv) => ask(argv)))
  return answers.map((bytes) => bytes.toString('latin1')).join('\n')
}
