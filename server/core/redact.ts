/** What stands where a secret stood. */
const GONE = '[redacted]'

/** A private key; one that is cut off ends with the text. */
const KEY_BLOCK =
  /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\s\S]{0,16384}?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|$)/g

/** Tokens that tell by their beginning whose they are; every repeat is bounded. */
const TOKENS: readonly RegExp[] = [
  /\b(?:sk|rk|pk)[-_](?:ant-|proj-|live_|test_|or-|svcacct-)?[A-Za-z0-9_-]{16,512}/g,
  /\bgh[pousr]_[A-Za-z0-9]{20,255}/g,
  /\bgithub_pat_[A-Za-z0-9_]{20,255}/g,
  /\bglpat-[A-Za-z0-9_-]{16,255}/g,
  /\bxox[abeprs]-[A-Za-z0-9-]{10,255}/g,
  /\bxapp-[A-Za-z0-9-]{10,255}/g,
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g,
  /\bAIza[A-Za-z0-9_-]{35}/g,
  /\bya29\.[A-Za-z0-9_-]{20,1024}/g,
  /\bnpm_[A-Za-z0-9]{30,255}/g,
  /\bpypi-[A-Za-z0-9_-]{16,255}/g,
  /\bhf_[A-Za-z0-9]{20,255}/g,
  /\bdop_v1_[a-f0-9]{64}/g,
  /\beyJ[A-Za-z0-9_-]{8,2048}\.[A-Za-z0-9_-]{8,4096}(?:\.[A-Za-z0-9_-]{0,1024})?/g,
]

/** `Authorization: Bearer x`, `x-api-key: x`, and the same as JSON or as an argument of curl. */
const HEADER =
  /\b((?:proxy-)?authorization|x-api-key|api-key|x-goog-api-key|private-token|set-cookie|cookie)(["']?\s{0,4}[:=]\s{0,4}["']?)((?:bearer|basic|token|digest)\s{1,4})?([^\s"',;]{1,4096})/gi
const BEARER = /\b(bearer\s{1,4})[A-Za-z0-9._~+/=-]{16,4096}/gi

/** `DB_PASSWORD=x`, `"clientSecret": "x"`, `--api-key x`: the name says that the value is secret. */
const NAMED =
  /((?:^|[^A-Za-z0-9])[A-Za-z0-9_.-]{0,64}?(?:password|passwd|passphrase|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credentials?)(?:[_-]?(?:id|key|value))?["']?)(\s{0,4}[=:]\s{0,4}|\s{1,4}(?=[A-Za-z0-9+/]{20,}))("[^"\n]{1,4096}"|'[^'\n]{1,4096}'|[^\s"',;&)}\]]{1,4096})/gi

/** `https://user:password@host`. */
const URL_LOGIN = /\b([a-z][a-z0-9+.-]{0,20}:\/\/[^\s:/@]{0,128}):[^\s/@]{1,512}@/gi

/** Values that are no secret although their name says so: `token: true`, `$TOKEN`, `tokens: 1200`. */
const HARMLESS =
  /^["']?(?:\$[{(]?\w|\d{1,9}["']?$|true|false|null|undefined|none|<|\*{3}|\[redacted)/i

/**
 * Text without what must be neither stored nor sent: keys, tokens, passwords. Every pattern is
 * bounded, so that the time is linear in the text. A secret without any sign of one passes.
 */
export function redact(text: string): string {
  if (text.length < 8) return text
  let clean = text.replace(KEY_BLOCK, GONE).replace(URL_LOGIN, `$1:${GONE}@`)
  clean = clean.replace(HEADER, (_all, name: string, sign: string, scheme = '') => {
    return `${name}${sign}${scheme}${GONE}`
  })
  clean = clean.replace(BEARER, `$1${GONE}`)
  for (const token of TOKENS) clean = clean.replace(token, GONE)
  return clean.replace(NAMED, (all, name: string, sign: string, value: string) =>
    HARMLESS.test(value) ? all : `${name}${sign}${GONE}`,
  )
}
