import { expect, test } from 'playwright/test'
import { type Entry, fitOf, found } from '../../web/state/palette.ts'
import { ACTS, actOf, ariaKeys, keyWords, type Press } from '../../web/state/shortcuts.ts'
import { withoutPart, withPart } from '../../web/state/split.ts'
import { createTabs } from '../../web/state/tabs.ts'

function press(key: string, more: Partial<Press> = {}): Press {
  const none = { ctrlKey: false, metaKey: false, shiftKey: false, altKey: false }
  return { key, code: '', ...none, ...more }
}

const ctrl = { ctrlKey: true }
const ctrlShift = { ctrlKey: true, shiftKey: true }
const cmd = { metaKey: true }

test('no two acts have the same key, and no key is one that browsers or fields keep', () => {
  const keys: string[] = ACTS.flatMap((act) => [...act.keys])
  expect(new Set(keys).size).toBe(keys.length)
  for (const chord of keys) {
    expect(chord).toMatch(/^(?:[!-~]|Mod\+K|Mod\+Shift\+[A-Z])$/)
    expect(chord).not.toMatch(/^Mod\+Shift\+[NTWQCVZUEIJR]$/)
  }
  const answers = ACTS.filter(({ id }) => ['allow', 'deny', 'snooze', 'dismiss'].includes(id))
  expect(answers).toHaveLength(4)
  for (const { keys } of answers) expect(keys.every((chord) => chord.length > 1)).toBe(true)
})

test('in a terminal only chords act that it sends no bytes for', () => {
  expect(actOf(press('n'), 'page', false)).toBe('next-need')
  for (const { keys } of ACTS) {
    for (const chord of keys) {
      const letter = chord.slice(-1)
      const shiftKey = chord.includes('Shift')
      const isChord = chord.startsWith('Mod+')
      const event = press(letter, { ctrlKey: isChord, shiftKey })
      const mac = press(letter, { metaKey: isChord, shiftKey })
      expect(actOf(event, 'page', false), chord).toBeDefined()
      expect(actOf(mac, 'page', true), chord).toBeDefined()
      expect(actOf(event, 'terminal', false) !== undefined, chord).toBe(isChord && shiftKey)
      expect(actOf(mac, 'terminal', true) !== undefined, chord).toBe(isChord)
      expect(actOf(event, 'field', false) !== undefined, chord).toBe(isChord)
      expect(actOf(event, 'dialog', false), chord).toBeUndefined()
    }
  }
})

test('a chord is no other chord: Alt, the other modifier and AltGr make none of it', () => {
  expect(actOf(press('k', ctrl), 'page', false)).toBe('palette')
  expect(actOf(press('k', cmd), 'page', false)).toBeUndefined()
  expect(actOf(press('k', ctrl), 'page', true)).toBeUndefined()
  expect(actOf(press('k', { ...ctrl, altKey: true }), 'page', false)).toBeUndefined()
  expect(actOf(press('n', { altKey: true }), 'page', false)).toBeUndefined()
  expect(actOf(press('N', { shiftKey: true }), 'page', false)).toBeUndefined()
  expect(actOf(press('?', { shiftKey: true }), 'page', false)).toBe('shortcuts')
  expect(actOf(press('Shift', ctrlShift), 'page', false)).toBeUndefined()
})

test('a layout without the alphabet is read by the place of the key, one with it by its letter', () => {
  expect(actOf(press('Л', { ...ctrlShift, code: 'KeyK' }), 'terminal', false)).toBe('palette')
  expect(actOf(press('K', { ...ctrlShift, code: 'KeyV' }), 'terminal', false)).toBe('palette')
  expect(actOf(press('T', { ...ctrlShift, code: 'KeyK' }), 'terminal', false)).toBeUndefined()
})

test('keys are written as the keyboard in front of the person has them', () => {
  expect(keyWords('Mod+Shift+L', false)).toBe('Ctrl+Shift+L')
  expect(keyWords('Mod+Shift+L', true)).toBe('⇧⌘L')
  expect(keyWords('Mod+K', true)).toBe('⌘K')
  expect(keyWords('n', false)).toBe('N')
  expect(ariaKeys('palette', false)).toBe('Control+K Control+Shift+K')
  expect(ariaKeys('palette', true)).toBe('Meta+K Meta+Shift+K')
})

function entry(words: string, more: Partial<Entry> = {}): Entry {
  return { id: words, group: 'Go', words, detail: '', ...more }
}

test('the palette finds by words, parts and first letters, and the best comes first', () => {
  expect(fitOf(entry('New session'), 'session new')).toBeDefined()
  expect(fitOf(entry('New session'), 'nses')).toBeDefined()
  expect(fitOf(entry('New session'), 'ns')).toBeDefined()
  expect(fitOf(entry('New session'), 'sn')).toBeUndefined()
  expect(fitOf(entry('New session'), 'new wall')).toBeUndefined()
  expect(fitOf(entry('billing', { detail: 'Claude Code, working' }), 'bill claude')).toBeDefined()
  const entries = [
    entry('rebuild', { group: 'Sessions' }),
    entry('api', { group: 'Sessions', detail: 'build' }),
    entry('Build farm', { group: 'Pages' }),
  ]
  expect(found(entries, 'build', 9).map(({ id }) => id)).toEqual(['Build farm', 'rebuild', 'api'])
  expect(found(entries, '', 2)).toHaveLength(2)
  expect(found(entries, 'build', 1)).toHaveLength(1)
})

test('up to four terminals stand beside each other, each once', () => {
  expect(withPart([], 'a', 'b')).toEqual(['a', 'b'])
  expect(withPart(['a', 'b'], 'b', 'c')).toEqual(['a', 'b', 'c'])
  expect(withPart(['a', 'b'], 'a', 'b')).toEqual(['a', 'b'])
  expect(withPart(['a', 'b'], 'x', 'y')).toEqual(['x', 'y'])
  expect(withPart([], 'a', 'a')).toEqual([])
  expect(withPart(['a', 'b', 'c', 'd'], 'a', 'e')).toBeUndefined()
  expect(withoutPart(['a', 'b', 'c'], 'b')).toEqual(['a', 'c'])
  expect(withoutPart(['a', 'b'], 'b')).toEqual([])
})

test('a terminal that stands beside others does not close for one more', () => {
  const tabs = createTabs()
  for (const id of ['a', 'b', 'c', 'd', 'e']) tabs.open(id, id)
  expect(tabs.open('f', 'f', ['a', 'b'])).toMatchObject({ session: 'c' })
})
