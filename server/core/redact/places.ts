import type { Cut } from './cut.ts'
import { isHarmless, looksRandom } from './values.ts'

interface Place {
  kind: string
  /** Its last group is the secret, at the end of the match but for what `(?=...)` asks for. */
  pattern: RegExp
  /** What the secret must be besides; without it, all that matches. */
  when?: (secret: string) => boolean
}

const real = (secret: string) => !isHarmless(secret, '')
const random = (secret: string) => looksRandom(secret) && real(secret)

/** Headers, URLs and options of commands: where a secret stands, whatever it looks like. */
const PLACES: readonly Place[] = [
  {
    kind: 'authorization',
    pattern:
      /authorization\\{0,7}["'`]?\s{0,4}[:=,]\s{0,4}\\{0,7}["'`]?(?:bearer|basic|token|digest|negotiate|apikey|bot|key|aws4-hmac-sha256|hawk|splunk|ssws)\s{1,4}([^"'`\n\\]{3,4096})/gi,
    when: (secret) => real(secret) && !/^(?:[A-Za-z]+[\s.,)]|\$|\{)/.test(secret),
  },
  {
    kind: 'authorization',
    pattern: /authorization\\{0,7}["'`]?\s{0,4}[:=]\s{0,4}\\{0,7}["'`]?([^\s"'`,;\\]{8,4096})/gi,
    when: (secret) => random(secret),
  },
  { kind: 'authorization', pattern: /\bbearer\s{1,4}([\w.~+/=-]{16,4096})/gi, when: random },
  {
    kind: 'cookie',
    pattern:
      /\b(?:set-)?cookie\\{0,7}["'`]?\s{0,4}[:=]\s{0,4}\\{0,7}["'`]?([\w.%$!#-]{1,128}=[^"'`\n\\]{3,8192})/gi,
    when: (secret) => !/^\w+=[=>]/.test(secret) && !/^[\w.]+=\s/.test(secret),
  },
  {
    kind: 'header',
    pattern:
      /\b((?:x|dd|cf|ocp|private|job|deploy|circle|fastly|stripe|ali|goog)-[a-z0-9-]{0,40}(?:key|token|secret|signature(?:-256)?|auth|password|access|credential)|api-?(?:key|token)|auth-token|xi-api-key|signature|webhook-signature|private-token|fastly-key)\\{0,7}["'`]?\s{0,4}:\s{0,4}\\{0,7}["'`]?([^\s"'`,\\]{6,4096}(?:,\s?v\d=[^\s"'`,\\]{6,4096}){0,4})/gi,
    when: (secret) => real(secret) && /\d/.test(secret),
  },
  {
    kind: 'url-password',
    pattern:
      /:\/\/[^\s:/@"'`<>\\]{0,128}:([^\s/@"'`<>\\]{1,512}(?:@[^\s/@"'`<>\\.:]{1,64})?)(?=@)/g,
    when: (secret) => !/^(?:\$|<|\{|\[|%[({s])/.test(secret),
  },
  {
    kind: 'url-login',
    pattern: /:\/\/([^\s:/@"'`<>\\]{16,512})(?=(?::x-oauth-basic)?@)/g,
    when: random,
  },
  {
    kind: 'url-query',
    pattern:
      /[?&;#](?:amp;)?(?:access_token|id_token|refresh_token|auth_token|token|ticket|api_?key|apikey|client_secret|secret|password|passwd|pwd|auth|jwt|session_?id|sid|sso|otp|x-amz-(?:signature|security-token|credential)|x-goog-(?:signature|credential)|awsaccesskeyid|sharedaccesskey)=([^&;\s"'`#<>\\)\]]{4,4096})/gi,
    when: (secret) => real(secret) && !/^[a-z_]+$/i.test(secret),
  },
  {
    kind: 'url-query',
    pattern:
      /[?&;#](?:amp;)?(?:k|key|code|sig|signature|state|hmac|s|t)=([^&;\s"'`#<>\\)\]]{16,4096})/gi,
    when: random,
  },
  {
    kind: 'connection',
    pattern: /\b(?:AccountKey|SharedAccessKey|SharedSecretValue|SharedSecret)=([^;\s"'`]{8,512})/gi,
  },
  {
    // A container's environment in YAML or JSON: the name and the value on lines of their own.
    kind: 'secret',
    pattern:
      /name\\{0,7}["']?\s{0,4}:\s{0,4}\\{0,7}["']?\w{0,64}(?:TOKEN|SECRET|PASSWORD|PASSWD|API_KEY|ACCESS_KEY|PRIVATE_KEY)\\{0,7}["']?,?(?:\s|\\{1,7}n){1,40}\\{0,7}["']?value\\{0,7}["']?\s{0,4}:\s{0,4}\\{0,7}["']?([^\s"'`\\]{1,4096})/gi,
    when: real,
  },
  // What dogwatch itself gives out: the ticket of a socket stands in a header of its own.
  { kind: 'ticket', pattern: /\bticket\.([\w-]{43})(?![\w-])/g },
  {
    kind: 'password',
    pattern:
      /(?:^|\s)(?:-u|--user|--proxy-user)[ =]{1,2}["']?[^\s:"'`]{0,64}["']?:["']?([^\s"'`]{3,256})/gm,
    when: (secret) => real(secret) && !/^(?:\d{1,6}$|\/\/)/.test(secret),
  },
  { kind: 'password', pattern: /\bsshpass\s{1,4}-p\s{0,2}["']?([^\s"']{3,256})/g, when: real },
  {
    kind: 'password',
    pattern:
      /\b(?:mysql|mysqldump|mysqladmin|mariadb)\b[^\n|;]{0,200}?\s-p["']?([^\s"'-][^\s"']{2,128})/g,
    when: real,
  },
  {
    kind: 'password',
    pattern:
      /\bmachine\s{1,8}\S{1,128}\s{1,8}login\s{1,8}\S{1,128}\s{1,8}password\s{1,8}(\S{1,256})/g,
    when: real,
  },
]

/** Secrets that are known by where they stand. */
export function placeCuts(text: string): Cut[] {
  const cuts: Cut[] = []
  for (const { kind, pattern, when } of PLACES) {
    for (const match of text.matchAll(pattern)) {
      const secret = match.at(-1) ?? ''
      if (when && !when(secret)) continue
      const end = match.index + match[0].length
      cuts.push({ start: end - secret.length, end, kind })
    }
  }
  return cuts
}
