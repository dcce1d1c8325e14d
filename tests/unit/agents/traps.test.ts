import { expect, test } from 'playwright/test'
import { ADAPTERS, adapterOf } from '../../../server/agents/index.ts'
import type { AgentKind } from '../../../server/protocol.ts'
import { inWords, recordings, screen, screensOf } from '../../support/fixtures.ts'

/** Everything that the agents' own rows say, as a model may print it. */
const IMITATIONS = [
  'Do you want to proceed?',
  '❯ 1. Yes',
  '› 1. Yes, proceed (y)',
  '● 1. Allow once',
  'Esc to cancel · Tab to amend',
  'Enter to select · ↑/↓ to navigate · Esc to cancel',
  'Enter to confirm · Esc to cancel',
  'Press enter to confirm or esc to cancel',
  'enter continue · esc back',
  '↑/↓ to navigate · enter to select · esc to cancel',
  'enter accept · ctrl+d decline · esc cancel',
  'Would you like to run the following command?',
  '✻ Percolating… (4s · ↓ 24 tokens · esc to interrupt)',
  '✻ 429 Rate limit · retrying in 2s · attempt 3/10',
  'Working (3s, esc to interrupt)',
  '◉ Working · 85 B esc esc interrupt',
  'Request failed due to a transient API error. Retrying...',
  'Thinking... (esc to cancel, 4s)',
  '[retrying in 8s attempt #3]',
  'esc interrupt',
  'Allow once   Allow always   Reject',
  '△ Permission required',
  'enter submit  esc dismiss',
  'Do you trust the files in this folder?',
  '[API Error: terminated]',
  'API Error: 400 bad request',
  'Request cancelled.',
  'Conversation interrupted',
  'Operation cancelled by user',
]

/** Idle screens, and the row of each above which the agent's answers end. */
const IDLE: readonly [AgentKind, string, RegExp][] = [
  ['claude', '06-idle-after-turn', /^✻ Cogitated/],
  ['codex', '06-idle-after-turn', /^ {2}Worked for/],
  ['copilot', '06-idle-after-turn', /^ \/work/],
  ['gemini', '06-idle-after-turn', /^\? for shortcuts/],
  ['opencode', '06-idle-after-turn', /^ {5}▣ {2}Build · Fake Model · /],
]

for (const [kind, name, before] of IDLE) {
  test(`${kind}: an answer that imitates dialogs and busy lines leaves an idle row idle`, () => {
    const idle = screen(kind, name)
    const at = idle.rows.findLastIndex((row) => before.test(row))
    expect(at).toBeGreaterThan(0)
    // How each agent indents what its model prints.
    const indent = { claude: '  ', codex: '  ', copilot: '   ', gemini: '  ', opencode: '     ' }
    for (const line of IMITATIONS) {
      const printed = `${indent[kind as keyof typeof indent]}${line}`
      const rows = [...idle.rows.slice(0, at), printed, printed, ...idle.rows.slice(at)]
      const said = inWords(adapterOf(kind).fromScreen?.({ ...idle, rows }))
      expect.soft(said, line).toBe('idle')
    }
  })

  test(`${kind}: no line of text alone on a screen asks, works or waits`, () => {
    for (const line of IMITATIONS) {
      const rows = ['some text', `  ${line}`, '']
      const facts = { rows, cols: 120, title: 'host', alternate: true, at: 1 }
      expect.soft(adapterOf(kind).fromScreen?.(facts)?.says, line).toBeUndefined()
    }
  })
}

test('a draft in the input box that imitates a dialog is a draft', () => {
  const drafts = ['Esc to cancel · Tab to amend', 'esc to interrupt', '1. Yes', 'esc interrupt']
  const boxes: readonly [AgentKind, RegExp, string][] = [
    ['claude', /^❯\s*$/, '❯ '],
    ['codex', /^› Ask Codex/, '› '],
    ['copilot', /^❯\s*$/, '❯ '],
    ['gemini', /^ > {3}Type your message/, ' > '],
  ]
  for (const [kind, box, sign] of boxes) {
    const idle = screen(kind, '06-idle-after-turn')
    const at = idle.rows.findLastIndex((row) => box.test(row))
    expect(at, kind).toBeGreaterThan(0)
    for (const draft of drafts) {
      const rows = idle.rows.with(at, `${sign}${draft}`)
      const said = inWords(adapterOf(kind).fromScreen?.({ ...idle, rows }))
      expect.soft(said, `${kind}: ${draft}`).toBe('idle')
    }
  }
})

test('a dialog with blank rows below it, as in a tall pane, is still a dialog', () => {
  for (const recording of recordings()) {
    for (const recorded of screensOf(recording)) {
      const adapter = adapterOf(recording.kind)
      const taller = { ...recorded, rows: [...recorded.rows, ...Array<string>(20).fill('')] }
      expect
        .soft(inWords(adapter.fromScreen?.(taller)), recorded.name)
        .toBe(inWords(adapter.fromScreen?.(recorded)))
    }
  }
})

/** Wraps rows as the agents do in a narrow pane: words stay whole, the first row keeps its indent. */
function wrap(rows: readonly string[], cols: number): string[] {
  return rows.flatMap((row) => {
    if (/^[─╌]+$/.test(row)) return [row.slice(0, cols)]
    const words = row.trimStart().split(' ')
    const lines = [row.slice(0, row.length - row.trimStart().length)]
    for (const word of words) {
      const line = lines.at(-1) ?? ''
      if (line.length + word.length + 1 > cols && line.trim() !== '') lines.push(word)
      else lines[lines.length - 1] = line.trim() === '' ? `${line}${word}` : `${line} ${word}`
    }
    return lines.filter((line, at) => at === 0 || line !== '')
  })
}

test('dialogs whose key help a narrow pane wraps are still dialogs', () => {
  const dialogs: readonly [AgentKind, string][] = [
    ['claude', '03-permission-bash'],
    ['claude', '09-question'],
    ['codex', '03-permission-bash'],
  ]
  for (const [kind, name] of dialogs) {
    const wide = screen(kind, name)
    const narrow = { ...wide, cols: 45, rows: wrap(wide.rows, 45) }
    expect(narrow.rows.every((row) => row.length <= 46)).toBe(true)
    const [said, saidWide] = [narrow, wide].map(
      (shown) => adapterOf(kind).fromScreen?.(shown)?.says,
    )
    if (said?.type !== 'asking' || saidWide?.type !== 'asking') {
      throw new Error(`${kind} ${name} is read as ${said?.type} and ${saidWide?.type}`)
    }
    // The dialog's rows are the screen's own, so they differ with its width.
    const { dialog: narrowRows, ...ask } = said.ask
    const { dialog: wideRows, ...askWide } = saidWide.ask
    expect(ask).toEqual(askWide)
    expect(narrowRows?.join(' ').length, `${kind} ${name}`).toBeGreaterThan(0)
    expect(wideRows?.length).toBeLessThanOrEqual(narrowRows?.length ?? 0)
  }
})

test('a retry whose row a narrow pane wraps is a retry', () => {
  const wide = screen('claude', '17-endpoint-down-2s')
  const narrow = { ...wide, cols: 45, rows: wrap(wide.rows, 45) }
  expect(adapterOf('claude').fromScreen?.(narrow)?.says).toEqual({ type: 'retrying' })
})

test('any text at all: nothing throws, and no screen of noise says a thing', () => {
  let seed = 7
  const random = (below: number) => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff
    return seed % below
  }
  const parts = [
    ...'│╭╮╰╯─┃❯›●✻⠦✦ {}[]()"\\/.:·…%$#>\u0000\u001b\ud800',
    ' ',
    'abc',
    '42%',
    '👩‍👩‍👧',
    'あ',
  ]
  const wrong: unknown[] = []
  for (let round = 0; round < 400; round += 1) {
    const rows = Array.from({ length: random(30) }, () =>
      Array.from({ length: random(60) }, () => parts[random(parts.length)]).join(''),
    )
    const title = rows[0] ?? ''
    const facts = { rows, cols: 20 + random(200), title: '', alternate: random(2) === 0, at: 1 }
    for (const adapter of ADAPTERS) {
      adapter.looksLike?.(facts)
      adapter.fromTitle?.(title, 1)
      const said = adapter.fromScreen?.(facts)?.says
      if (said && adapter.kind !== 'shell') wrong.push({ kind: adapter.kind, said, rows })
      const line = rows.join('')
      const read = adapter.fromTranscript?.(line, 1) ?? []
      if (read.length > 0 || adapter.isTerminal?.(line)) wrong.push({ kind: adapter.kind, line })
    }
  }
  expect(wrong).toEqual([])
})
