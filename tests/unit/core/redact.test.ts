import { expect, test } from 'playwright/test'
import { redact } from '../../../server/core/redact.ts'

const SECRETS: readonly [text: string, clean: string][] = [
  // Made here, so that no scanner takes the test itself for a leak.
  [`key ${'sk-ant'}-api03-${'a1B2'.repeat(10)} here`, 'key [redacted] here'],
  [`push with ghp_${'a'.repeat(36)}`, 'push with [redacted]'],
  ['id AKIAIOSFODNN7EXAMPLE.', 'id [redacted].'],
  ['curl -H "Authorization: Bearer abc.def"', 'curl -H "Authorization: Bearer [redacted]"'],
  ['x-api-key: 12ab34cd', 'x-api-key: [redacted]'],
  ['DB_PASSWORD=hunter2 npm start', 'DB_PASSWORD=[redacted] npm start'],
  ['{"clientSecret": "very hidden"}', '{"clientSecret": [redacted]}'],
  ['git clone https://me:secret@host/x.git', 'git clone https://me:[redacted]@host/x.git'],
  [
    'a\n-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----\nb',
    'a\n[redacted]\nb',
  ],
  ['cut -----BEGIN PRIVATE KEY-----\nMIIB', 'cut [redacted]'],
]

for (const [text, clean] of SECRETS) {
  test(`takes the secret out of: ${clean.replaceAll('\n', ' ')}`, () => {
    expect(redact(text)).toBe(clean)
    expect(redact(redact(text))).toBe(clean)
  })
}

test('leaves alone what only looks like a secret', () => {
  for (const text of [
    'Used 1200 tokens: 900 cached',
    'token: true, API_KEY=$OTHER',
    'Bash: npm test -- --grep "password reset"',
    'task sk-1, commit 4040b90, see https://host:8080/x',
    'Do you want to run this command?',
  ]) {
    expect(redact(text)).toBe(text)
  }
})

test('a megabyte without an end does not grow the work beyond its size', () => {
  for (const unit of [
    'password',
    'a.',
    'eyJ',
    'https://',
    '-----BEGIN PRIVATE KEY-----',
    'token="',
  ]) {
    const text = unit.repeat(Math.ceil(1_000_000 / unit.length))
    expect(typeof redact(text)).toBe('string')
  }
})
