import { expect, test } from 'playwright/test'
import type { LostAgent, RecoveryResponse, SettingsResponse } from '../../server/protocol.ts'
import { lostText } from '../../web/state/lost.ts'
import { type Item, needsFirst } from '../../web/state/rail.ts'
import { agoText } from '../../web/state/words.ts'
import {
  foldersFault,
  foldersOf,
  numberFault,
  rebased,
  withChange,
} from '../../web/views/settings/draft.ts'

const HELD: SettingsResponse = {
  version: 4,
  settings: {
    resumeByItself: false,
    newestFirst: false,
    snapshotSeconds: 30,
    snapshotLines: 1_000,
    snapshotsPerAgent: 1_000,
    snapshotDays: 30,
    snapshotMbPerAgent: 50,
    snapshotMb: 1_000,
    doNotRecord: ['/a'],
  },
}

test.describe('changes that are not saved', () => {
  test('hold what differs and nothing else, with the version they began at', () => {
    const one = withChange(undefined, HELD, 'snapshotDays', 7)
    expect(one).toEqual({ version: 4, changes: { snapshotDays: 7 } })
    const two = withChange(one, { ...HELD, version: 5 }, 'doNotRecord', ['/a', '/b'])
    expect(two).toEqual({ version: 4, changes: { snapshotDays: 7, doNotRecord: ['/a', '/b'] } })
    expect(withChange(one, HELD, 'snapshotDays', 30)).toBeUndefined()
    expect(withChange(undefined, HELD, 'doNotRecord', ['/a'])).toBeUndefined()
  })

  test('are made anew to what another device saved, without what is the same by now', () => {
    const mine = { version: 4, changes: { snapshotDays: 7, resumeByItself: true } }
    const now = { version: 6, settings: { ...HELD.settings, snapshotDays: 7 } }
    expect(rebased(mine, now)).toEqual({ version: 6, changes: { resumeByItself: true } })
    const same = { version: 6, settings: { ...now.settings, resumeByItself: true } }
    expect(rebased(mine, same)).toBeUndefined()
  })

  test('are told apart from what the server would refuse', () => {
    expect(numberFault('snapshotSeconds', 5)).toBeUndefined()
    for (const wrong of [4, 3_601, 5.5, Number.NaN]) {
      expect(numberFault('snapshotSeconds', wrong)).toBe('A whole number from 5 to 3,600.')
    }
    expect(foldersOf(' /a \n\n/b')).toEqual(['/a', '/b'])
    expect(foldersFault(['/a', 'b'])).toContain('“b”')
    expect(foldersFault([])).toBeUndefined()
  })
})

test.describe('the first screen of a phone', () => {
  const list: Item[] = ['n:main', 'g:needs', 's:1', 'e:2', 's:3', 'g:working', 's:4']

  test('shows those who need somebody, at most so many', () => {
    expect(needsFirst(list, 2)).toEqual({
      items: ['n:main', 'g:needs', 's:1', 'e:2'],
      waiting: 3,
    })
    expect(needsFirst(list, Number.POSITIVE_INFINITY).items).toHaveLength(5)
    expect(needsFirst(['g:needs', 's:1'], 5)).toEqual({ items: ['g:needs', 's:1'], waiting: 1 })
  })

  test('is the whole list where nobody does', () => {
    const calm: Item[] = ['n:main', 'g:working', 's:4']
    expect(needsFirst(calm, 5)).toEqual({ items: calm, waiting: 0 })
  })
})

test('what is lost is counted without what is back', () => {
  const agent = (state: LostAgent['state']['state']) => ({ state: { state } }) as LostAgent
  const session = (isBack: boolean) => ({ name: 'x', isBack, windows: [] })
  const answer = (sessions: boolean[], agents: LostAgent[]): RecoveryResponse => ({
    lost: [{ id: 'r', server: 's', label: 'l', lastSeenAt: 0, sessions: sessions.map(session) }],
    agents,
    guard: { state: 'safe', detail: '', fix: [] },
  })
  const some = [agent('waiting'), agent('failed'), agent('starting'), agent('resumed')]
  expect(lostText(answer([true, false], some))).toBe('1 session and 2 agents')
  expect(lostText(answer([true], some))).toBe('2 agents')
  expect(lostText(answer([true], [agent('resumed')]))).toBe('')
})

test('an age ends a sentence in words', () => {
  expect([0, 999, 1_000, 120_000].map(agoText)).toEqual([
    'just now',
    'just now',
    '1 s ago',
    '2 min ago',
  ])
})
