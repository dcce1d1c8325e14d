/** What people were about to say, per session, in this browser's storage: it survives everything. */

export interface Draft {
  text: string
  /** A send whose answer has not come: the same id may be tried again. */
  pending?: { id: string; at: number }
  /** Epoch milliseconds of the last change. */
  at: number
}

const PREFIX = 'dogwatch.draft.'
/** Drafts kept; the oldest go first. */
const MOST = 50
/** The server knows a request id for ten minutes; a minute less keeps both clocks out of it. */
const KNOWN_MS = 540_000

export function readDraft(session: string): Draft | undefined {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(PREFIX + session) ?? 'null')
    return isDraft(value) ? value : undefined
  } catch {
    // Storage is switched off or the entry is damaged: there is no draft.
    return undefined
  }
}

function isDraft(value: unknown): value is Draft {
  if (typeof value !== 'object' || value === null) return false
  return 'text' in value && typeof value.text === 'string' && 'at' in value
}

/** Keeps a draft; an empty one without a pending send is forgotten. False when storage refused. */
export function keepDraft(session: string, draft: Draft): boolean {
  try {
    if (draft.text === '' && !draft.pending) localStorage.removeItem(PREFIX + session)
    else {
      localStorage.setItem(PREFIX + session, JSON.stringify(draft))
      prune()
    }
    return true
  } catch {
    return false
  }
}

function prune(): void {
  const keys = Object.keys(localStorage).filter((key) => key.startsWith(PREFIX))
  if (keys.length <= MOST) return
  const age = (key: string) => readDraft(key.slice(PREFIX.length))?.at ?? 0
  keys.sort((a, b) => age(a) - age(b))
  for (const key of keys.slice(0, keys.length - MOST)) localStorage.removeItem(key)
}

/** Whether the server still recognises a pending send, so that a retry types nothing twice. */
export function canRetry(pending: { at: number } | undefined, now: number): boolean {
  return pending !== undefined && now - pending.at >= 0 && now - pending.at < KNOWN_MS
}
