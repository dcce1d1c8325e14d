import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'playwright/test'
import { redactScreen } from '../../../server/core/redact-screen.ts'
import { plantSecrets } from '../../support/secrets.ts'

const TOKEN = `ghp_${'d4'.repeat(18)}`
const SGR = /\x1b\[[0-9;]*m/g

/** A text as a terminal of so many columns breaks it. */
function wrap(text: string, cols: number): { rows: string[]; wrapped: boolean[] } {
  const rows = text.match(new RegExp(`.{1,${cols}}`, 'gs')) ?? []
  return { rows, wrapped: rows.map((_row, at) => at < rows.length - 1) }
}

test('a secret that goes on in the next row goes from both', () => {
  for (let column = 60; column < 80; column++) {
    const { rows, wrapped } = wrap(`${'.'.repeat(column)} ${TOKEN} end`, 80)
    for (const clean of [redactScreen(rows, wrapped), redactScreen(rows)]) {
      expect(clean).toHaveLength(rows.length)
      expect(clean.join('')).toContain('[redacted:code-host:40]')
      expect(clean.join('')).not.toMatch(/ghp_|d4/)
      expect(clean.map((row) => row.length)).toEqual(
        rows.map((row, at) => Math.max(row.length, clean[at]?.length ?? 0)),
      )
      expect(clean.at(-1)).toMatch(/ end$/)
      expect(redactScreen(clean, wrapped)).toEqual(clean)
    }
  }
})

test('every kind of secret is found over the edge of a terminal, and in the frame of a program', () => {
  for (const { secret, text } of plantSecrets(20)) {
    if (text.includes('\n') || secret.length < 20) continue
    const { rows, wrapped } = wrap(text, 32)
    const clean = redactScreen(rows, wrapped).join('')
    for (let at = 0; at + 12 <= secret.length; at++) {
      expect(clean.includes(secret.slice(at, at + 12)), `${text} -> ${clean}`).toBe(false)
    }
  }
  const framed = wrap(`curl -H x ${TOKEN}`, 40).rows.map((row) => `│ ${row.padEnd(40)} │`)
  const clean = redactScreen([`╭${'─'.repeat(42)}╮`, ...framed])
  expect(clean.join('')).not.toContain('d4d4')
  expect(clean.map((row) => row.length)).toEqual([44, 44, 44])
})

test('a secret is found through the colours in it, and every colour stays', () => {
  const [head, tail] = [TOKEN.slice(0, 9), TOKEN.slice(9)]
  const row = `\x1b[31mkey \x1b[1m${head}\x1b[0;32m${tail}\x1b[39m done\x1b[0m`
  const [clean = ''] = redactScreen([row])
  expect(clean.replace(SGR, '')).toBe(`key ${'[redacted:code-host:40]'.padEnd(40, '*')} done`)
  expect(clean.match(SGR)).toEqual(row.match(SGR))
  expect(clean.indexOf('\x1b[39m')).toBeLessThan(clean.indexOf(' done'))
})

test('a private key on a screen keeps its rows', () => {
  const [begin, end] = ['BEGIN', 'END'].map((word) => `-----${word} PRIVATE KEY-----`)
  const body = Array.from({ length: 10 }, () => 'aB3+/xYz'.repeat(8))
  const rows = ['$ cat key', `${begin}`, ...body, `${end}`, '$ ']
  for (const part of [rows, rows.slice(0, 6), rows.slice(4)]) {
    const clean = redactScreen(part)
    expect(clean).toHaveLength(part.length)
    expect(clean.join('\n')).not.toContain('aB3+')
    if (part !== rows.slice(4)) expect(clean.join('\n')).toContain('[redacted:private-key')
  }
  expect(redactScreen(rows).at(0)).toBe('$ cat key')
  expect(redactScreen(rows).at(-1)).toBe('$ ')
})

test('recorded screens without secrets stay as they are', () => {
  const folder = join(import.meta.dirname, '../../fixtures')
  const names = readdirSync(folder, { recursive: true }).map(String)
  const screens = names.filter((name) => /screens\/.*\.txt$/.test(name))
  expect(screens.length).toBeGreaterThan(100)
  for (const name of screens) {
    const text = readFileSync(join(folder, name), 'utf8')
    if (text.includes('API_KEY: sk-ant-...')) continue
    const rows = text.split('\n')
    expect(redactScreen(rows), name).toEqual(rows)
  }
})
