import { expect, test } from 'playwright/test'
import { closeDatabase, openDatabase } from '../../db/open.ts'
import { addSearchTexts, dropSearchTexts, knownRefs, trimSearchTexts } from '../../db/search.ts'
import { searchStored } from '../../db/search-read.ts'
import { piecesOf, RecentLines } from '../../server/core/search-pieces.ts'
import { parseTerms, TermFinder, windowOf } from '../../server/lib/terms.ts'
import type { SearchKind } from '../../server/protocol.ts'
import { patternOf } from '../../server/tmux/find.ts'
import { scratchFolder } from '../support/scratch.ts'

const KINDS: SearchKind[] = ['snapshot', 'transcript']

/** A database with pieces in it, and a search over them. */
async function store() {
  const folder = await scratchFolder()
  const { db } = openDatabase(folder.path)
  let ref = 0
  const add = (text: string, more: object = {}) =>
    db.transaction((tx) =>
      addSearchTexts(tx, [
        {
          kind: 'snapshot',
          agent: 'a1',
          agentKind: 'claude',
          session: 'work',
          repository: '/home/me/app',
          ref: `${++ref}`,
          line: 0,
          at: 1_700_000_000_000 + ref * 1_000,
          text,
          ...more,
        },
      ]),
    )
  const find = (query: string, more: object = {}) =>
    searchStored(db, {
      terms: parseTerms(query),
      kinds: KINDS,
      limit: 50,
      budgetMs: 60_000,
      ...more,
    })
  const texts = (query: string, more: object = {}) => find(query, more).hits.map(({ text }) => text)
  return {
    db,
    add,
    find,
    texts,
    [Symbol.asyncDispose]: async () => {
      closeDatabase(db)
      await folder[Symbol.asyncDispose]()
    },
  }
}

test('terms are words or quoted, and no sign in them has a meaning', () => {
  expect(parseTerms('one  two "three four" one')).toEqual(['one', 'two', 'three four'])
  expect(parseTerms('say "open')).toEqual(['say', 'open'])
  expect(parseTerms('" " \u0000 ')).toEqual([])
  expect(parseTerms('a OR b* (c) NEAR/2')).toEqual(['a', 'OR', 'b*', '(c)', 'NEAR/2'])
})

test('what is stored is found by any part of it, in any case and any script', async () => {
  await using stored = await store()
  stored.add('Error in src/Parser.ts: unexpected token\nnext line')
  stored.add('日本語のテキストを検索する\n한국어 텍스트\nПривет, мир')
  stored.add('café ÄPFEL 😀 smile')
  expect(stored.texts('arser.T')).toEqual(['Error in src/Parser.ts: unexpected token'])
  expect(stored.texts('テキスト')).toEqual(['日本語のテキストを検索する'])
  expect(stored.texts('検索')).toEqual(['日本語のテキストを検索する'])
  expect(stored.texts('語')).toEqual(['日本語のテキストを検索する'])
  expect(stored.texts('텍스트')).toEqual(['한국어 텍스트'])
  expect(stored.texts('привет')).toEqual(['Привет, мир'])
  expect(stored.texts('äpfel 😀')).toEqual(['café ÄPFEL 😀 smile'])
  expect(stored.texts('nothing here')).toEqual([])
})

test('a hit tells its place, and where in the line the terms stand', async () => {
  await using stored = await store()
  stored.add(`\n\n${'-'.repeat(500)}needle in the hay needle${'-'.repeat(500)}`, { line: 40 })
  const [hit] = stored.find('needle HAY').hits
  expect(hit).toMatchObject({ kind: 'snapshot', agent: 'a1', ref: '1', line: 42, session: 'work' })
  expect(hit?.at).toBe(1_700_000_001_000)
  expect(hit?.text.length).toBeLessThanOrEqual(240)
  const marked = hit?.ranges.map(([start, end]) => hit.text.slice(start, end))
  expect(marked).toEqual(['needle', 'hay', 'needle'])
})

test('the newest comes first, lines with all terms before those with some', async () => {
  await using stored = await store()
  stored.add('alpha one\nbeta\nalpha beta')
  stored.add('alpha two\nbeta')
  expect(stored.texts('alpha')).toEqual(['alpha two', 'alpha one', 'alpha beta'])
  expect(stored.texts('alpha beta')).toEqual(['alpha two', 'alpha beta'])
  expect(stored.find('alpha', { limit: 1 })).toMatchObject({ more: true })
  expect(stored.find('alpha', { limit: 1 }).hits).toHaveLength(1)
})

test('filters by kind, agent, session, repository and time', async () => {
  await using stored = await store()
  stored.add('needle 1')
  stored.add('needle 2', { kind: 'transcript', agent: 'a2' })
  stored.add('needle 3', { session: 'other', repository: '/home/me/app/sub' })
  stored.add('needle 4', { repository: '/home/me/application' })
  const found = (more: object) => stored.texts('needle', more).map((text) => text.at(-1))
  expect(found({ kinds: ['transcript'] })).toEqual(['2'])
  expect(found({ agent: 'a2' })).toEqual(['2'])
  expect(found({ session: 'other' })).toEqual(['3'])
  expect(found({ repository: '/home/me/app' })).toEqual(['3', '2', '1'])
  expect(found({ repository: '/home/me/app/' })).toEqual(['3', '2', '1'])
  expect(found({ from: 1_700_000_002_000, to: 1_700_000_003_000 })).toEqual(['3', '2'])
})

test('no query fails, whatever it is made of', async () => {
  await using stored = await store()
  stored.add('AND OR NOT NEAR " \' * ( ) ^ : - + { } % _ \\ ; -- /* */ text:abc')
  for (const query of [
    '"',
    '""',
    "'",
    '*',
    'AND',
    'AND OR',
    'NOT x',
    'NEAR(a b)',
    'text:abc',
    'rank:x',
    '-abc',
    '^abc',
    'a"b',
    '"a""b"',
    '(((',
    ')',
    '{}',
    '+',
    '%',
    '_',
    '%%%',
    '\\',
    '\\"',
    "'; DROP TABLE turns; --",
    'x'.repeat(10_000),
    'a b c d e f g h i j k l',
    '\u0000',
    'a\u0000b',
    '\ud800',
    '😀',
    '*/',
    '/*',
    '[a-z]',
    '.*',
    '(?:',
    'search_index',
    '1=1',
    '"unclosed quote',
    'ab',
    'a',
  ]) {
    expect(() => stored.find(query), query).not.toThrow()
  }
  for (const query of ['AND OR', 'NEAR "', 'text:abc', '"*"', '% _ \\', '{ }', '--']) {
    expect(stored.find(query).hits.length, query).toBe(1)
  }
})

test('what is forgotten is found no more, and its place in the index is free', async () => {
  await using stored = await store()
  stored.add('needle one')
  stored.add('needle two')
  expect(knownRefs(stored.db, 'a1', 'snapshot', ['1', '9'])).toEqual(new Set(['1']))
  stored.db.transaction((tx) => dropSearchTexts(tx, 'a1', 'snapshot', ['1']))
  expect(stored.texts('needle')).toEqual(['needle two'])
  stored.add('needle three')
  const trim = (limits: { before: number; keep: number; limit: number }) =>
    stored.db.transaction((tx) => trimSearchTexts(tx, 'snapshot', limits))
  expect(trim({ before: 0, keep: 2, limit: 10 })).toBe(0)
  expect(trim({ before: 0, keep: 1, limit: 10 })).toBe(1)
  expect(stored.texts('needle')).toEqual(['needle three'])
  expect(trim({ before: Date.now(), keep: 9, limit: 10 })).toBe(1)
  const rows = stored.db.$client.prepare('SELECT count(*) AS rows FROM search_index_docsize').get()
  expect(rows).toEqual({ rows: 0 })
})

test('many pieces of one moment keep their order and lose none', async () => {
  await using stored = await store()
  for (let at = 0; at < 3_000; at++) stored.add(`needle ${at}`, { at: 1_700_000_000_000 })
  const { hits } = stored.find('needle', { limit: 4_000 })
  expect(hits).toHaveLength(3_000)
  expect(hits[0]?.text).toBe('needle 2999')
})

test('pieces keep the places of their lines and leave out what is not new', () => {
  const lines = ['', 'one', '', ...Array<string>(20).fill('──'), 'two', 'old', 'three  ', '']
  expect(piecesOf(lines, (line) => line !== 'old')).toEqual([
    { line: 1, text: 'one' },
    { line: 23, text: 'two\n\nthree' },
  ])
  const long = Array.from({ length: 200 }, (_, at) => `${at} ${'x'.repeat(98)}`)
  const pieces = piecesOf(long)
  expect(pieces.length).toBeGreaterThan(3)
  for (const { line, text } of pieces) expect(text.split('\n')[0]).toBe(long[line])
  expect(pieces.map(({ text }) => text).join('\n')).toBe(long.join('\n'))
  const recent = new RecentLines(2)
  expect(['a', 'b', ' a', 'c', 'b'].map((line) => recent.add(line))).toEqual([
    true,
    true,
    false,
    true,
    true,
  ])
})

test('a window of a long line cuts no character in two', () => {
  const line = `${'😀'.repeat(300)}needle${'😀'.repeat(300)}`
  const finder = new TermFinder(['needle'])
  for (let max = 100; max < 110; max++) {
    const { text, ranges } = windowOf(line, finder.ranges(line), max)
    expect(() => encodeURIComponent(text)).not.toThrow()
    expect(ranges.map(([start, end]) => text.slice(start, end))).toEqual(['needle'])
  }
})

test('a pattern for tmux holds nothing that a format understands', () => {
  expect(patternOf('#{q:x},}#(touch x)')).toMatch(/^[\p{L}\p{N}.]+$/u)
  expect(patternOf('日本 Ä1')).toBe('日本.Ä1')
})
