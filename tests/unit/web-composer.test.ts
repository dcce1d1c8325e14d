import { expect, test } from 'playwright/test'
import { isSideways } from '../../web/state/gesture.ts'
import { looksSecret } from '../../web/terminal/prompts.ts'
import { pathInPrompt, putIn } from '../../web/terminal/put-in.ts'

test('what looks like a secret is not kept among the messages that were sent', () => {
  const kept = [
    'yes',
    'continue',
    '/compact',
    'weiter',
    'fix the failing test in tokens.test.ts',
    'explain how the password form works',
    'run npm test\nand commit',
  ]
  for (const text of kept) expect(looksSecret(text, '> '), text).toBe(false)
  const secret = [
    'hunter2',
    'correcthorse!battery9',
    'sk-proj-0123456789abcdefghij',
    'use the key sk-proj-abcdefghijklmnop please',
    'my token is ghp_abcdefghijklmnopqrstuvwxyz012345',
    'PASSWORD=swordfish npm start',
    'the password is swordfish',
    'curl -H "Authorization: Bearer abcdef"',
    '-----BEGIN OPENSSH PRIVATE KEY-----\nabc',
  ]
  for (const text of secret) expect(looksSecret(text, '> '), text).toBe(true)
  for (const line of [
    '[sudo] password for me: ',
    'Password:',
    "Enter passphrase for key '/home/me/.ssh/id_ed25519': ",
    'Verification code: ',
    'API key > ',
  ]) {
    expect(looksSecret('swordfish', line), line).toBe(true)
    expect(looksSecret('correct horse battery', line), line).toBe(true)
  }
})

test('a path stands in a prompt as one word, apart from its neighbours', () => {
  expect(pathInPrompt('/home/me/.local/state/dogwatch/attachments/a-1.png')).toBe(
    '/home/me/.local/state/dogwatch/attachments/a-1.png',
  )
  expect(pathInPrompt("/home/me/it's here/a.png")).toBe("'/home/me/it'\\''s here/a.png'")
  expect(putIn('', 0, '/a')).toEqual({ text: '/a ', end: 3 })
  expect(putIn('look at', 7, '/a')).toEqual({ text: 'look at /a ', end: 11 })
  expect(putIn('look at please', 8, '/a')).toEqual({ text: 'look at /a please', end: 11 })
  expect(putIn('one\ntwo', 3, '/a')).toEqual({ text: 'one /a\ntwo', end: 7 })
})

test('a finger sweeps to the side only if it went far, and hardly up or down', () => {
  expect(isSideways({ x: -120, y: 20 })).toBe(true)
  expect(isSideways({ x: 90, y: -40 })).toBe(true)
  expect(isSideways({ x: 60, y: 0 })).toBe(false)
  expect(isSideways({ x: 120, y: 80 })).toBe(false)
})
