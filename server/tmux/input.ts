import { delay } from '../lib/time.ts'
import { TmuxError } from './errors.ts'
import { type InputLine, inputLineOf, isStillThere } from './input-line.ts'
import { readScreen, type Screen } from './screen.ts'
import type { TmuxServer } from './server.ts'

/** `sent`: typed, no Enter asked for; `submitted`: Enter took effect; `not-submitted`: it did not. */
export type PromptOutcome = 'sent' | 'submitted' | 'not-submitted'

/**
 * From the text to Enter. Agents take a paste and an Enter that come together for one paste, and
 * insert a newline (seen up to 120 ms after the last character).
 */
const ENTER_AFTER_MS = 150
/** Long texts are drawn for longer: a millisecond more for so many characters. */
const CHARS_PER_MS = 40
const ENTER_AFTER_AT_MOST_MS = 1_500
/** Enter's effect is looked for at these times after it (milliseconds). */
const LOOK_AFTER_MS = [40, 80, 160, 320, 500] as const
/** `load-buffer` of 768 KiB and its paste. */
const DEADLINE_MS = 10_000

/**
 * Text as it may be pasted: newlines only at the end of lines, none at the end of all, and no other
 * control characters but tabs. ESC would end a bracketed paste and let the rest be typed as keys.
 */
export function cleanPrompt(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/[\0-\x08\x0b-\x1f\x7f-\x9f]/g, '')
    .replace(/\n+$/, '')
}

/**
 * Pastes a prompt (from `cleanPrompt`) into a pane (`%3`) and presses Enter, where `submit`, as a
 * key of its own. Whether it took effect is seen on the screen; where the text is seen to stay, Enter
 * is pressed once more. Rejects with a `TmuxError`; after that nobody knows how far it got.
 */
export async function typePrompt(
  server: TmuxServer,
  paneId: string,
  text: string,
  submit: boolean,
): Promise<PromptOutcome> {
  await leaveMode(server, paneId)
  await paste(server, paneId, text)
  if (!submit) return 'sent'
  const wait = ENTER_AFTER_MS + text.length / CHARS_PER_MS
  await delay(Math.min(wait, ENTER_AFTER_AT_MOST_MS))
  for (let tries = 0; tries < 2; tries += 1) {
    await leaveMode(server, paneId)
    const before = await readScreen(server, paneId, 'plain')
    const line = before && inputLineOf(before, text)
    await server.run(['send-keys', '-t', paneId, 'Enter'], { kind: 'act' })
    // The pane has ended with the prompt, as a shell does after `exit`.
    if (!before || (await tookEffect(server, paneId, before, line))) return 'submitted'
    // Only where the text still stands in the input line: else a program that is slow to answer,
    // as to a password, would get an Enter that nobody pressed.
    if (!line) break
  }
  return 'not-submitted'
}

/** Takes the pane out of copy mode and its like, which would swallow or misread what is typed. */
export async function leaveMode(server: TmuxServer, paneId: string): Promise<void> {
  const format = '#{pane_in_mode}'
  const inMode = await server.run(['display-message', '-p', '-t', paneId, format])
  if (!(Number(inMode) > 0)) return
  try {
    await server.run(['send-keys', '-t', paneId, '-X', 'cancel'])
  } catch (error) {
    // Somebody has taken it out of the mode meanwhile, as by scrolling to the end.
    if (!(error instanceof TmuxError) || error.code !== 'refused') throw error
  }
}

async function paste(server: TmuxServer, paneId: string, text: string): Promise<void> {
  const buffer = `dogwatch-${crypto.randomUUID()}`
  const options = { kind: 'act', deadlineMs: DEADLINE_MS } as const
  // By stdin: as an argument it would be cut at 16 KiB, and could be read as an option.
  const input = Buffer.from(text)
  await server.run(['load-buffer', '-b', buffer, '-'], { ...options, input })
  try {
    // -p: in brackets where the program asked for them; -r: newlines stay newlines; -d: no trace.
    await server.run(['paste-buffer', '-p', '-r', '-d', '-b', buffer, '-t', paneId], options)
  } catch (error) {
    // Gone already where only the answer was late; the first failure is the one to tell.
    await server.run(['delete-buffer', '-b', buffer], options).catch(() => {})
    throw error
  }
}

async function tookEffect(
  server: TmuxServer,
  paneId: string,
  before: Screen,
  line: InputLine | undefined,
): Promise<boolean> {
  for (const ms of LOOK_AFTER_MS) {
    await delay(ms)
    const after = await readScreen(server, paneId, 'plain').catch(() => undefined)
    // The pane has ended: a shell does so after `exit`.
    if (!after) return true
    const changed = after.text !== before.text || !isDeepEqual(after.cursor, before.cursor)
    if (changed && !(line && isStillThere(after, line))) return true
  }
  return false
}

function isDeepEqual(a: Screen['cursor'], b: Screen['cursor']): boolean {
  return a.x === b.x && a.y === b.y && a.visible === b.visible
}
