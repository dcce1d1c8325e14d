import { createHash } from 'node:crypto'
import type { Statement } from '../agents/adapter.ts'

/** The option under the cursor, by the signs that agents draw before it. */
const CURSOR = /^\s*[❯›>●▶]\s+(.+)$/
/** A plain yes to this one thing: what it says further would grant more. */
const PLAIN_YES =
  /^(?:\d+\.\s+)?(?:yes|allow|allow once|approve|proceed)(?:[,.]? proceed)?(?: \(\w+\))?$/i

/** A hash of a dialog as the screen shows it; undefined where the statement knows no screen. */
export function dialogHash(says: Statement | undefined): string | undefined {
  if (says?.type !== 'asking' || !says.ask.dialog) return undefined
  return createHash('sha256')
    .update(JSON.stringify(says.ask.dialog))
    .digest('base64url')
    .slice(0, 22)
}

/** Why a dialog cannot be approved by confirming what it highlights; undefined where it can. */
export function whyNotApprove(dialog: readonly string[]): string | undefined {
  const chosen = dialog.map((row) => CURSOR.exec(row)?.[1]?.trim()).findLast((text) => text)
  // Buttons are highlighted by colour alone, and the first one is where the cursor starts.
  if (chosen === undefined) {
    const hasButtons = dialog.some((row) => /^Allow once {2,}/.test(row))
    return hasButtons ? undefined : 'This dialog has no simple yes. Answer it in the terminal.'
  }
  if (PLAIN_YES.test(chosen)) return undefined
  return `The cursor stands on "${chosen.slice(0, 60)}". Answer it in the terminal.`
}
