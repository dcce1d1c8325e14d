import { expect, test } from 'playwright/test'
import { Failure } from '../../server/core/failure.ts'
import {
  changedSettings,
  checkSettings,
  DEFAULT_SETTINGS,
  withDefaults,
} from '../../server/core/settings.ts'

test('each setting has a range, and what is none is refused by name', () => {
  const table: [object, boolean][] = [
    [{}, true],
    [{ resumeByItself: true }, true],
    [{ resumeByItself: 1 }, false],
    [{ newestFirst: true }, true],
    [{ newestFirst: 'yes' }, false],
    [{ snapshotSeconds: 5 }, true],
    [{ snapshotSeconds: 4 }, false],
    [{ snapshotSeconds: 3_601 }, false],
    [{ snapshotLines: 20 }, true],
    [{ snapshotLines: 19 }, false],
    [{ snapshotLines: 1_000 }, true],
    [{ snapshotLines: 1_001 }, false],
    [{ snapshotLines: 20.5 }, false],
    [{ snapshotDays: '7' }, false],
    [{ snapshotMb: Number.NaN }, false],
    [{ doNotRecord: ['/home/ada/secret'] }, true],
    [{ doNotRecord: '/home' }, false],
    [{ doNotRecord: ['relative'] }, false],
    [{ doNotRecord: ['/nul\0'] }, false],
    [{ doNotRecord: Array(101).fill('/x') }, false],
    [{ unknown: 1 }, false],
    [{ constructor: 1 }, false],
    [JSON.parse('{"__proto__": 1}'), false],
    [{ snapshotDays: 7, unknown: 1 }, false],
  ]
  for (const [change, isGood] of table) {
    const check = () => checkSettings(change as Record<string, unknown>)
    if (isGood) expect(check(), JSON.stringify(change)).toEqual(change)
    else expect(check, JSON.stringify(change)).toThrow(Failure)
  }
})

test('folders are kept in one spelling, once', () => {
  const doNotRecord = ['/a/b/', '/a/./b', '/a/c/../b', '/', '//']
  expect(checkSettings({ doNotRecord })).toEqual({ doNotRecord: ['/a/b', '/'] })
})

test('the defaults are within their own ranges, and nothing resumes by itself', () => {
  expect(checkSettings({ ...DEFAULT_SETTINGS })).toEqual(DEFAULT_SETTINGS)
  expect(DEFAULT_SETTINGS.resumeByItself).toBe(false)
})

test('only what differs is stored, and what another version stored does no harm', () => {
  const settings = { ...DEFAULT_SETTINGS, snapshotDays: 7, doNotRecord: ['/a'] }
  expect(changedSettings(settings)).toEqual({ snapshotDays: 7, doNotRecord: ['/a'] })
  expect(withDefaults(changedSettings(settings))).toEqual(settings)
  const foreign = { snapshotDays: 0, snapshotLines: 50, later: true } as object
  expect(withDefaults(foreign)).toEqual({ ...DEFAULT_SETTINGS, snapshotLines: 50 })
})
