import { expect, test } from 'playwright/test'
import { askView, beginActivity, observe } from '../../../server/core/activity.ts'

const patience = { hookMs: 4_000, silenceMs: 5_000 }

/** The screen shows one dialog after another, at these milliseconds. */
function shown(...dialogs: [atMs: number, text: string][]) {
  const state = dialogs.reduce(
    (before, [at, text]) =>
      observe(
        before,
        {
          source: 'screen',
          at,
          line: text,
          confidence: 'medium',
          says: { type: 'asking', ask: { kind: 'permission', text } },
        },
        at,
      ),
    beginActivity('a1', patience, 0),
  )
  return askView(state)
}

test('a dialog that takes the place of another at once is shown by its own words', () => {
  expect(shown([1_000, 'touch a'], [1_500, 'rm -r build'])?.text).toBe('rm -r build')
})

test('one that comes later is another ask', () => {
  const [first, second] = [
    shown([1_000, 'touch a']),
    shown([1_000, 'touch a'], [4_000, 'rm -r build']),
  ]
  expect(second?.text).toBe('rm -r build')
  expect(second?.id).not.toBe(first?.id)
})

test('the same dialog in a pane of another width is the same ask, in its first words', () => {
  const ask = shown([1_000, 'touch a-long-name'], [1_400, 'touch a-long'], [5_000, 'touch a-long'])
  expect(ask).toMatchObject({ text: 'touch a-long-name', id: shown([1_000, 'touch a'])?.id })
})
