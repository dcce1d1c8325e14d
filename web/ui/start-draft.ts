import type { StartView } from '../../server/protocol.ts'
import { keepDraft, readDraft } from '../terminal/drafts.ts'

/** The place of the first prompt among the drafts: what was not typed anywhere stays in the box. */
export const START_DRAFT = 'new-session'

/** Empties the box once its prompt has reached every agent that it was for. */
export function forgetDelivered(start: StartView): void {
  const isDelivered =
    start.prompt !== '' && start.rows.every(({ receipt }) => receipt !== undefined)
  const draft = isDelivered ? readDraft(START_DRAFT) : undefined
  // Another text has been begun meanwhile; the server tells the head of its own alone.
  const head = start.prompt.replace(/…$/, '')
  const isSame = draft?.text.replace(/\s+/g, ' ').trim().startsWith(head)
  if (isSame) keepDraft(START_DRAFT, { text: '', at: Date.now() })
}
