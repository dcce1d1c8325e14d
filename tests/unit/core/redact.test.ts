import { expect, test } from 'playwright/test'
import { LINE_CHARS, redact, redactExcerpt, redactWords } from '../../../server/core/redact.ts'
import { Random } from '../../support/random.ts'
import { plantSecrets } from '../../support/secrets.ts'

test('each kind of secret goes, and what stands around it stays', () => {
  for (const seed of [1, 2, 3]) {
    for (const { kind, secret, text } of plantSecrets(seed)) {
      const clean = redact(text)
      const [before = '', after = ''] = text.split(secret)
      const where = `seed ${seed}: ${text} -> ${clean}`
      expect(clean.includes(secret), where).toBe(false)
      expect(clean.startsWith(before), where).toBe(true)
      expect(clean.endsWith(after), where).toBe(true)
      expect(clean, where).toContain(`[redacted:${kind}`)
    }
  }
})

test('what is redacted is not changed a second time', () => {
  for (const { text } of plantSecrets(6)) {
    const clean = redact(text)
    expect(redact(clean), text).toBe(clean)
    expect(redact(`${clean} ${clean}`), text).toBe(`${clean} ${clean}`)
  }
})

test('secrets are found in lines of JSON, in diffs, in quotes and next to each other', () => {
  for (const { secret, text } of plantSecrets(7)) {
    for (const place of [
      JSON.stringify({ type: 'user', message: { content: [{ text }] } }),
      JSON.stringify({ line: JSON.stringify({ text }) }),
      `@@ -1 +1 @@\n-old\n+${text}\n`,
      `$ echo ${text}\n${text}`,
    ]) {
      const inside = place.includes(secret)
      if (inside) expect(redact(place).includes(secret), place).toBe(false)
    }
  }
})

test('a mark tells kind and size, but not the size of a short secret', () => {
  const token = `ghp_${'a1'.repeat(18)}`
  expect(redact(`push ${token} now`)).toBe('push [redacted:code-host:40] now')
  expect(redact('DB_PASSWORD=hunter2')).toBe('DB_PASSWORD=[redacted:password]')
})

test('words in the text that switch other redactors off change nothing', () => {
  const token = `ghp_${'b2'.repeat(18)}`
  for (const words of [
    'secretlint-disable',
    'gitleaks:allow',
    'pragma: allowlist secret',
    'nosec',
  ]) {
    expect(redact(`# ${words}\n${token} # ${words}`)).toBe(
      `# ${words}\n[redacted:code-host:40] # ${words}`,
    )
  }
})

test('a secret is found through the colours in it, as bytes or spelled out', () => {
  const [head, tail] = ['ghp_d4d4d4', 'd4'.repeat(15)]
  for (const code of ['\x1b[32m', '\\u001b[32m', '\\x1b[1;32m', '\\033[0m', '\x1b[0m\x1b[1m']) {
    const clean = redact(`a ${code}b ${head}${code}${tail}${code} c`)
    expect(clean).toMatch(/\[redacted:code-host:\d+\]/)
    expect(clean).not.toContain('d4d4')
    expect(clean.startsWith(`a ${code}b `) && clean.endsWith(`${code} c`), clean).toBe(true)
    const plain = `${code}green${code} and ${code}red`
    expect(redact(plain)).toBe(plain)
  }
})

const KEY_LINES = Array.from({ length: 24 }, (_, line) => `${line}`.padStart(64, 'aB3+/xYz'))
const [BEGIN, END] = ['BEGIN', 'END'].map((word) => `-----${word} RSA PRIVATE KEY-----`)

test('private keys go whole, also where one end of them is missing', () => {
  const body = KEY_LINES.join('\n')
  const size = (text: string) => `[redacted:private-key:${text.length}]`
  const whole = `${BEGIN}\n${body}\n${END}`
  expect(redact(`a\n${whole}\nb`)).toBe(`a\n${size(whole)}\nb`)
  const open = `${BEGIN}\n${body}`
  expect(redact(`a\n${open}\n$ ls -l\n`)).toBe(`a\n${size(open)}\n$ ls -l\n`)
  const tail = `${body}\n${END}`
  expect(redact(`$ cat key\n${tail}\nb`)).toBe(`$ cat key\n${size(tail)}\nb`)
  const numbered = KEY_LINES.map((line, at) => `  ${at + 2} | ${line}`).join('\n')
  expect(redact(`  1 | ${BEGIN}\n${numbered}\ndone`)).not.toContain('aB3+')
  const json = JSON.stringify({ private_key: `${whole}\n` })
  expect(redact(json)).not.toContain('aB3+')
  const armour = whole.replaceAll('RSA PRIVATE KEY', 'PGP PRIVATE KEY BLOCK')
  expect(redact(armour)).toBe(size(armour))
})

test('a megabyte in which keys begin and never end takes no more work than other text', () => {
  // A pattern that looks ahead for the end from each beginning would take minutes.
  test.setTimeout(20_000)
  const begin = '-----BEGIN RSA PRIVATE KEY-----\n'
  expect(redact(`${begin}${'A'.repeat(1_000_000)}`)).not.toContain('AAAAAAAA')
  const body = `${'MIIEpAIBAAKCAQEA7bq3k0q2Yc5vQ1'.repeat(2)}\n`
  expect(redact(`${begin}${body.repeat(16_000)}`)).not.toContain('MIIEpAIB')
  const markers = begin.repeat(31_000)
  expect(redact(markers)).toBe(markers)
})

test('the markers of a key alone are no key', () => {
  for (const text of [
    `if (text.includes('${BEGIN}')) return true`,
    `Between ${BEGIN} and ${END} stands the key.`,
    `${BEGIN}\n\n    ...\n\n${END}`,
  ]) {
    expect(redact(text)).toBe(text)
  }
})

test('a line longer than 64 K characters is taken out whole, the others stay', () => {
  const long = 'word '.repeat(LINE_CHARS / 5 + 1)
  expect(redact(`one\n${long}\ntwo`)).toBe(`one\n[redacted:line:${long.length}]\ntwo`)
  const most = 'w '.repeat(LINE_CHARS / 2)
  expect(redact(`one\n${most}\ntwo`)).toBe(`one\n${most}\ntwo`)
})

test('a secret goes from a command line where the word before it is its name', () => {
  expect(redactWords(['mytool', '--password', 'hunter2hunter2', '-v'])).toEqual([
    ...['mytool', '--password', '[redacted:password]', '-v'],
  ])
  expect(redactWords(['curl', '-H', 'X-Api-Key: abcdef0123456789', 'http://x/\ty'])).toEqual([
    ...['curl', '-H', 'X-Api-Key: [redacted:header:16]', 'http://x/\ty'],
  ])
  expect(redactWords([])).toEqual([])
})

test('an excerpt holds no first half of a secret', () => {
  const token = `ghp_${'c3'.repeat(18)}`
  for (let blanks = 190; blanks <= 245; blanks++) {
    expect(redactExcerpt(`${'.'.repeat(blanks)} ${token}`)).not.toContain('ghp_')
  }
  // The same where an agent's program cut it before it came to us.
  expect(redact('use sk-ant-api03-Zx…')).toBe('use [redacted:cut]…')
  expect(redactExcerpt('a\n  b')).toBe('a b')
})

test('random text is never changed twice, and its marks are never cut into', () => {
  const random = new Random(8)
  const parts = [
    ...plantSecrets(9).map(({ text }) => text),
    '"',
    "'",
    '\n',
    ' ',
    ':',
    '=',
    '@',
    '://',
    '[',
    ']',
    '\\',
    'token',
    'password',
    'Cookie: ',
  ]
  for (let round = 0; round < 150; round++) {
    const text = Array.from({ length: random.whole(1, 12) }, () => random.pick(parts)).join('')
    const once = redact(text)
    expect(redact(once), text).toBe(once)
  }
})
