import type { Cut } from './cut.ts'
import {
  isAmount,
  isCode,
  isHarmless,
  isIdentifier,
  isSentence,
  isWordy,
  looksRandom,
} from './values.ts'

/**
 * A name that says that a secret follows, what may end the name, its closing quote, and the sign or
 * blanks before the value. The name may stand at the end of a longer one: `githubToken`, `DB_PASSWORD`.
 */
const LABEL = new RegExp(
  `(?:(?<password>passwor[dt]|passwd|pass[ _-]?(?:phrase|code)|kennwort|contrase(?:ñ|n)a|senha|(?<=[_-])pass|(?<=[_;-]|; )pwd)|` +
    '(?<other>secret|token|ticket|credentials?|api[ _-]?key|(?:access|secret|private|account|shared[ _-]?access|encryption|' +
    'signing|auth|master|service|storage|client|subscription|license|webhook|consumer|deploy|app|admin)[ _-]?key|(?<=[_:])auth|mnemonic|(?<=_)key))' +
    '(?<tail>[_-]?(?:id|key|value|hash|base(?:64)?|b64|\\d{1,2}))?' +
    '(?<close>\\\\{0,7}["\'`])?(?<sign>[ \\t]{0,8}(?:[:?+]{0,3}=|=>|:)[ \\t]{0,8}(?:b(?=["\']))?|[ \\t]{1,4}(?:is[ \\t]{1,4})?)',
  'gi',
)

const QUOTED: Readonly<Record<string, RegExp>> = {
  '"': /"((?:[^"\\\n]|\\[^\n]){0,4096})/y,
  "'": /'((?:[^'\\\n]|\\[^\n]){0,4096})/y,
  '`': /`((?:[^`\\\n]|\\[^\n]){0,4096})/y,
  // JSON in a string of JSON, or deeper.
  '\\': /\\{1,7}["']([^"'\\\n]{0,4096})/y,
}
const BARE = /[^\s"'`,;&<>)}\]|│]{1,4096}/y
/** The rest of an assignment in a shell or an env file: what shells quote there is quoted. */
const BARE_ENV = /[^\s"'`;&<>|│]{1,4096}/y

interface Value {
  text: string
  start: number
  end: number
  quoted: boolean
}

/** Values whose name says that they are secret. */
export function labelCuts(text: string): Cut[] {
  const cuts: Cut[] = []
  LABEL.lastIndex = 0
  for (let match = LABEL.exec(text); match; match = LABEL.exec(text)) {
    const { password, other, close = '', sign = '' } = match.groups ?? {}
    const label = password ?? other ?? ''
    const at = match.index + match[0].length
    const name = nameBefore(text, match.index)
    const isEnv = /^[A-Z0-9_]*$/.test(name) && label === label.toUpperCase()
    // Keys of caches, tables and maps are no secrets; in an environment they are.
    if (label.length === 3 && label.toLowerCase() === 'key' && !isEnv) continue
    if (close !== '' && !isClosed(text, match.index - name.length, close)) continue
    const value = readValue(text, at, isEnv && sign.trim() === '=')
    if (!value) continue
    const said: Said = {
      family: password === undefined ? 'key' : 'password',
      label,
      close,
      sign,
      isEnv,
      before: text.slice(Math.max(0, match.index - name.length - 40), match.index - name.length),
      after: text.slice(value.end, value.end + 24),
      flag: name.startsWith('--'),
    }
    if (!isSecret(value, said)) continue
    const kind = password === undefined ? kindOf(other ?? '') : 'password'
    cuts.push({ start: value.start, end: value.end, kind })
    LABEL.lastIndex = value.end
  }
  return cuts
}

/** `apiKey`, `API_KEY` and `api key` are `api-key`. */
function kindOf(label: string): string {
  return label
    .toLowerCase()
    .replace(/[ _-]?key$/, '-key')
    .replace(/[ _]/g, '-')
    .replace(/^-/, '')
}

interface Said {
  family: 'password' | 'key'
  label: string
  close: string
  sign: string
  /** The whole name is in capitals. */
  isEnv: boolean
  /** What stands on the line before the name, at most 40 characters, and 24 behind the value. */
  before: string
  after: string
  /** It is an option of a command. */
  flag: boolean
}

function isSecret({ text, quoted }: Value, said: Said): boolean {
  const { family, label, close, sign, isEnv, before, after, flag } = said
  if (isHarmless(text, label)) return false
  const isPassword = family === 'password'
  if (sign.trim() === '' || sign.trim() === 'is') {
    // No sign stands between: only an option of a command, or what can be nothing else.
    if (flag) return quoted ? text.length > 3 : /[\d!@#$%^&*+]/.test(text) && !isAmount(text)
    if (isPassword && sign.trim() === 'is') return /\d/.test(text) && text.length >= 6
    return looksRandom(text) && !isCode(text) && (sign.trim() === 'is' || !isHash(text))
  }
  if (close !== '') {
    // A quoted name is data: JSON, YAML, a map in a program.
    if (!quoted) return isPassword ? /^\d{4,}$/.test(text) : looksRandom(text) && !isCode(text)
    if (/\s/.test(text)) return /phrase|mnemonic/i.test(label) || !isSentence(text)
    return isPassword || !isAmount(text) ? !isTheme(label, text) : false
  }
  if (quoted) {
    if (/\s/.test(text)) return isEnv || /phrase|mnemonic/i.test(label) ? !/\$\{/.test(text) : false
    if (isPassword) return true
    if (isEnv) return !isAmount(text) && !(sign.includes(' ') && isWordy(text))
    return looksRandom(text) || (/\d/.test(text) && text.length >= 8 && !isWordy(text))
  }
  if (isAmount(text)) return isPassword && isEnv && sign === '='
  if (isEnv) return !isCode(text) && !(sign.includes(' ') && isIdentifier(text))
  if (isCode(text)) return false
  if (isPassword) {
    if (/[\d!@#$%^&*+~]/.test(text)) return text.length >= 4
    if (sign === '=') return isConnection(before, after)
    return (
      isKeyOfYaml(before) && /^(?:\n|$|\r)/.test(after) && !isIdentifier(text) && text.length >= 4
    )
  }
  return (
    text.length >= 16 && (looksRandom(text) || (sign === '=' && !isWordy(text)) || isLetters(text))
  )
}

/** Commits and digests stand behind many words. */
function isHash(text: string): boolean {
  return /^[0-9a-f]{7,64}$/.test(text)
}

/** Sixteen letters in a row after `token=`, as the shells and logs of small programs have it. */
function isLetters(text: string): boolean {
  return /^[a-z]{16,40}$/.test(text)
}

/** Colour themes call their scopes tokens. */
function isTheme(label: string, text: string): boolean {
  return /^token$/i.test(label) && /^[a-z]+(?:[.-][a-z]+)*$/.test(text)
}

/** Among other settings of a connection, apart by blanks or by semicolons. */
function isConnection(before: string, after: string): boolean {
  return CONNECTION_BEFORE.test(before) || /^;\s?\w[\w ]{0,20}=/.test(after)
}
const CONNECTION_BEFORE =
  /(?:^|[\s;"'])(?:host|server|user|username|uid|user id|dbname|database|port)\s?=\s?\S{1,40}[ ;]\s?$/i

/** Nothing but an indentation, a dash of a list or the sign of a diff stands before the name. */
function isKeyOfYaml(before: string): boolean {
  return /(?:^|\n)[+-]?[ \t]*(?:- )?$/.test(before)
}

function readValue(text: string, at: number, isEnv: boolean): Value | undefined {
  const first = text[at] ?? ''
  const quoted = Object.hasOwn(QUOTED, first) ? QUOTED[first] : undefined
  const pattern = quoted ?? (isEnv ? BARE_ENV : BARE)
  pattern.lastIndex = at
  const match = pattern.exec(text)
  if (!match) return undefined
  const inner = match[1] ?? match[0]
  const end = at + match[0].length
  return { text: inner, start: end - inner.length, end, quoted: quoted !== undefined }
}

/** Whether the name is quoted on both sides: of longer texts only the end looks like a name. */
function isClosed(text: string, start: number, close: string): boolean {
  return text[start - 1] === close.at(-1)
}

/** The part of the name that stands before the label: `DB_` of `DB_PASSWORD`, `--db-` of an option. */
function nameBefore(text: string, at: number): string {
  let start = at
  while (start > 0 && at - start < 64 && /[A-Za-z0-9_.-]/.test(text[start - 1] ?? '')) start--
  return text.slice(start, at)
}
