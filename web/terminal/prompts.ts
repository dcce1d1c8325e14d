/** What was sent from this browser before, to be sent again in other words. It never leaves it. */

const KEY = 'dogwatch.prompts'
/** Prompts kept; the oldest go first. */
const MOST = 50
/** A longer prompt is a document, and not worth this browser's room. */
const LONGEST = 4_000

/** What a program prints before it reads something that nobody should see. */
const ASKS_FOR_SECRET =
  /(?:pass(?:word|phrase|code|wd)?|passwort|secret|token|otp|pin|2fa|(?:verification|security|one-time) code|api[ _-]?key|credentials?)\b[^\n]{0,60}[:?>]\s*$/i
/** Openings of tokens that services give out, and of keys. */
const TOKEN =
  /\b(?:sk|pk|rk|gh[oprsu]|glpat|xox[abeprs]|npm|hf|AKIA|ASIA|AIza|eyJ|SG\.)[-_.A-Za-z0-9]{10,}|github_pat_|PRIVATE KEY-----/
const ASSIGNED =
  /(?:pass(?:word|phrase|wd)?|secret|token|api[_-]?key|authorization)["']?\s*(?:[:=]|\bis\b)\s*\S{4,}/i
/** One word that is no word: letters alone, or a command of an agent, give nothing away. */
const PLAIN_WORD = /^[/@]?[\p{L}'’-]+[.!?]?$/u

/** Newest first. */
export function readPrompts(): string[] {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]')
    return Array.isArray(value) ? value.filter((text) => typeof text === 'string') : []
  } catch {
    // Storage is switched off or the entry is damaged: nothing is remembered.
    return []
  }
}

/**
 * Remembers a prompt that was sent, unless it looks like a secret. `line` is what stood before the
 * cursor when it was sent: a program may have asked for a password. Undefined, where nothing was
 * shown yet, is no word that it has not.
 */
export function keepPrompt(text: string, line: string | undefined): void {
  const kept = text.trim()
  if (kept === '' || kept.length > LONGEST || line === undefined || looksSecret(kept, line)) return
  const rest = readPrompts().filter((other) => other !== kept)
  try {
    localStorage.setItem(KEY, JSON.stringify([kept, ...rest].slice(0, MOST)))
  } catch {
    // Full or switched off: the list stays as it was.
  }
}

export function forgetPrompts(): void {
  try {
    localStorage.removeItem(KEY)
  } catch {
    // Switched off: nothing was remembered.
  }
}

/** Whether text should not be kept: rather one prompt too few than one password. */
export function looksSecret(text: string, line: string): boolean {
  if (ASKS_FOR_SECRET.test(line) || TOKEN.test(text) || ASSIGNED.test(text)) return true
  return !/\s/.test(text) && !PLAIN_WORD.test(text)
}
