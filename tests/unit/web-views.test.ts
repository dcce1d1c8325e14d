import { expect, test } from 'playwright/test'
import type { SnapshotView, TranscriptEntry, TurnView } from '../../server/protocol.ts'
import { pathOf, placeOf } from '../../web/state/place.ts'
import { diffPairs, diffRows } from '../../web/views/changes/diff-rows.ts'
import { partsOf, withNews, withOlder, withPage } from '../../web/views/conversation/parts.ts'
import { segmentsOf, snapshotAt } from '../../web/views/timeline/strip.ts'

const PATCH = `diff --git a/x b/x
index 1..2 100644
--- a/x
+++ b/x
@@ -3,4 +3,5 @@ name
 same
-old one
-old two
+new one
+new two
+new three
 same again
\\ No newline at end of file
`

test.describe('a patch', () => {
  test('becomes numbered lines, without the head that only tools read', () => {
    expect(diffRows(PATCH)).toEqual([
      { type: 'note', text: '@@ -3,4 +3,5 @@ name' },
      { type: 'same', old: 3, new: 3, text: 'same' },
      { type: 'removed', old: 4, text: 'old one' },
      { type: 'removed', old: 5, text: 'old two' },
      { type: 'added', new: 4, text: 'new one' },
      { type: 'added', new: 5, text: 'new two' },
      { type: 'added', new: 6, text: 'new three' },
      { type: 'same', old: 6, new: 7, text: 'same again' },
      { type: 'note', text: 'No newline at end of file' },
    ])
  })

  test('that was cut in the middle of a hunk gives the lines it has', () => {
    const cut = PATCH.slice(0, PATCH.indexOf('+new two'))
    expect(diffRows(cut).map(({ type }) => type)).toEqual([
      'note',
      'same',
      'removed',
      'removed',
      'added',
    ])
    expect(diffRows('')).toEqual([])
  })

  test('stands side by side with each new line beside the one it replaces', () => {
    const pairs = diffPairs(diffRows(PATCH))
    const sides = pairs.map((pair) =>
      pair.type === 'note' ? pair.text : [pair.left?.text, pair.right?.text],
    )
    expect(sides).toEqual([
      '@@ -3,4 +3,5 @@ name',
      ['same', 'same'],
      ['old one', 'new one'],
      ['old two', 'new two'],
      [undefined, 'new three'],
      ['same again', 'same again'],
      'No newline at end of file',
    ])
  })

  test('keeps two changes apart that follow each other', () => {
    const rows = diffRows('@@ -1,2 +1,2 @@\n-a\n+b\n-c\n+d\n')
    expect(diffPairs(rows).slice(1)).toMatchObject([
      { left: { text: 'a' }, right: { text: 'b' } },
      { left: { text: 'c' }, right: { text: 'd' } },
    ])
  })
})

test('every place has an address that leads back to it', () => {
  for (const place of [
    { page: 'list' },
    { page: 'session', session: 's1', view: 'terminal' },
    { page: 'session', session: 's1', view: 'changes' },
    { page: 'agent', agent: 'a1', view: 'timeline' },
    { page: 'wall' },
  ] as const) {
    expect(placeOf(pathOf(place))).toEqual(place)
  }
  expect(placeOf('/a/a1/conversation', '#e7')).toEqual({
    page: 'agent',
    agent: 'a1',
    view: 'conversation',
    at: 'e7',
  })
  expect(placeOf('/a/a1/terminal')).toMatchObject({ view: 'timeline' })
  expect(placeOf('/nowhere')).toEqual({ page: 'list' })
})

const entry = (id: string, type: TranscriptEntry['type'], at = 0, text = id): TranscriptEntry => ({
  id,
  at,
  type,
  text,
})

test.describe('a conversation', () => {
  const words = (entries: TranscriptEntry[]) => entries.map(({ text }) => text)

  test('takes the newest page and keeps what was said before', () => {
    const held = [entry('1', 'user'), entry('2', 'agent'), entry('3', 'agent', 0, 'three')]
    const page = [entry('2', 'agent'), entry('3', 'agent', 0, 'longer'), entry('4', 'agent')]
    expect(words(withPage(held, page))).toEqual(['1', '2', 'longer', '4'])
  })

  test('drops what it held where the newest page does not join it', () => {
    const held = [entry('1', 'user'), entry('2', 'user')]
    expect(words(withPage(held, [entry('8', 'user')]))).toEqual(['8'])
    expect(words(withPage(held, []))).toEqual([])
    // At the same place of a file that was written anew stand other words.
    expect(words(withPage(held, [entry('2', 'user', 0, 'Anew')]))).toEqual(['Anew'])
  })

  test('takes news in their places, and none that changed before all that it holds', () => {
    const held = [entry('5', 'user'), entry('6', 'agent'), entry('7', 'tool')]
    const changed = [entry('1', 'tool', 0, 'far back'), entry('7', 'tool', 0, 'ended')]
    const added = [entry('6', 'agent', 0, 'said again'), entry('8', 'agent')]
    const news = withNews(held, changed, added)
    expect(words(news)).toEqual(['5', 'said again', 'ended', '8'])
    expect(withNews(news, changed, added)).toEqual(news)
  })

  test('puts older entries before what it has', () => {
    const merged = withOlder([entry('5', 'user')], [entry('4', 'agent'), entry('5', 'user')])
    expect(merged.map(({ id }) => id)).toEqual(['4', '5'])
  })

  test('is cut at the prompts, each with the turn that ran then', () => {
    const turn = (generation: number, startedAt: number): TurnView => ({
      id: `a.${generation}`,
      agent: 'a',
      generation,
      startedAt,
      prompt: '',
      lastWords: '',
      tools: 0,
      usage: {},
    })
    const parts = partsOf(
      [
        entry('0', 'note', 1),
        entry('p1', 'user', 10_000),
        entry('w1', 'agent', 12_000),
        { ...entry('sub', 'user', 13_000), subagent: 's' },
        entry('p2', 'user', 60_000),
      ],
      [turn(2, 61_000), turn(1, 9_000)],
    )
    expect(
      parts.map(({ id, entries, turn: ran }) => [
        id,
        entries.map((one) => one.id),
        ran?.generation,
      ]),
    ).toEqual([
      ['0', ['0'], undefined],
      ['p1', ['w1', 'sub'], 1],
      ['p2', [], 2],
    ])
  })
})

test.describe('the strip of turns', () => {
  const snapshot = (id: string, generation: number, at: number): SnapshotView => ({
    id,
    agent: 'a',
    generation,
    at,
    seenAt: at,
    reason: 'tick',
    activity: 'working',
    cols: 80,
    rows: 24,
    lines: 0,
    bytes: 10,
  })
  const turn = (generation: number, startedAt: number, endedAt?: number): TurnView => ({
    id: `a.${generation}`,
    agent: 'a',
    generation,
    startedAt,
    ...(endedAt === undefined ? {} : { endedAt, end: 'done' as const }),
    prompt: 'do it',
    lastWords: '',
    tools: 0,
    usage: {},
  })

  test('gives long turns more room, but never all of it, and shares make a whole', () => {
    const turns = [turn(1, 0, 1_000), turn(2, 5_000, 3_605_000), turn(3, 4_000_000)]
    const segments = segmentsOf(turns, [], 4_001_000)
    expect(segments.map(({ generation }) => generation)).toEqual([1, 2, 3])
    expect(segments.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1)
    expect(segments[1]?.share).toBeGreaterThan(segments[0]?.share ?? 1)
    expect((segments[1]?.share ?? 0) / (segments[0]?.share ?? 1)).toBeCloseTo(60)
  })

  test('places moments within their turn, also those of a turn that is not listed any more', () => {
    const segments = segmentsOf(
      [turn(2, 10_000, 20_000)],
      [snapshot('b', 2, 15_000), snapshot('late', 2, 30_000), snapshot('x', 1, 500)],
      40_000,
    )
    expect(segments.map(({ generation }) => generation)).toEqual([1, 2])
    expect(segments[1]?.marks).toEqual([
      { id: 'b', at: 15_000, place: 0.5 },
      { id: 'late', at: 30_000, place: 1 },
    ])
  })

  test('knows what was shown at a moment, and that nothing was before the first', () => {
    const all = [snapshot('1', 1, 100), snapshot('2', 1, 200)]
    expect(snapshotAt(all, 199)?.id).toBe('1')
    expect(snapshotAt(all, 200)?.id).toBe('2')
    expect(snapshotAt(all, 50)).toBeUndefined()
  })
})
