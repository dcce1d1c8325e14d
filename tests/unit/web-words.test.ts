import { expect, test } from 'playwright/test'
import type { SessionView } from '../../server/protocol.ts'
import { lastOutput, matches } from '../../web/state/derive.ts'
import { guessName } from '../../web/state/device-name.ts'
import { LADDER_MS, retryDelay } from '../../web/state/retry.ts'
import { createTabs } from '../../web/state/tabs.ts'
import { ageText, pathFrom, shellWord, visible } from '../../web/state/words.ts'
import { readSources } from '../support/sources.ts'

test('ages read in their largest whole unit', () => {
  const cases: [number, string][] = [
    [0, 'now'],
    [999, 'now'],
    [1_000, '1 s'],
    [59_999, '59 s'],
    [60_000, '1 min'],
    [3_599_999, '59 min'],
    [3_600_000, '1 h'],
    [86_400_000, '1 d'],
    [172_800_000, '2 d'],
  ]
  for (const [ms, text] of cases) expect(ageText(ms)).toBe(text)
})

test('only the home folder at the start of a path is shortened', () => {
  expect(pathFrom('/home/ada', '/home/ada/src')).toBe('~/src')
  expect(pathFrom('/home/ada', '/home/ada')).toBe('~')
  expect(pathFrom('/srv/people/ada', '/srv/people/ada/x')).toBe('~/x')
  expect(pathFrom('/root', '/rootless')).toBe('/rootless')
  expect(pathFrom('/home/ada', '/srv/home/ada')).toBe('/srv/home/ada')
  expect(pathFrom('/', '/etc')).toBe('/etc')
  expect(pathFrom('', '/home/ada')).toBe('/home/ada')
})

test('control and direction characters of a name are shown, not obeyed', () => {
  expect(visible('a\nb\tc')).toBe('a␊b␉c')
  expect(visible('x\u202egnp.exe')).toBe('x<202E>gnp.exe')
  expect(visible('zero\u200bwidth')).toBe('zero<200B>width')
  expect(visible('日本 <img src=x>')).toBe('日本 <img src=x>')
})

test('a word for the shell is quoted only where it must be', () => {
  expect(shellWord('/tmp/tmux-0/work')).toBe('/tmp/tmux-0/work')
  expect(shellWord('$1')).toBe("'$1'")
  expect(shellWord("it's")).toBe("'it'\\''s'")
})

test('waits grow to ten seconds and no further, spread by chance', () => {
  expect(LADDER_MS.map((_, index) => retryDelay(index + 1, 0.5))).toEqual([...LADDER_MS])
  expect(retryDelay(50, 0.5)).toBe(10_000)
  expect(retryDelay(1, 0)).toBe(180)
  expect(retryDelay(1, 0.999)).toBe(220)
})

test('a device names itself by browser and system', () => {
  const chrome =
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36'
  expect(guessName(chrome)).toBe('Chrome on Linux')
  expect(guessName(`${chrome} Edg/140.0`)).toBe('Edge on Linux')
  const phone =
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1'
  expect(guessName(phone)).toBe('Safari on iPhone')
  expect(guessName('curl/8')).toBe('Browser on another system')
})

test('the sixth open terminal closes the one visited longest ago', () => {
  const tabs = createTabs()
  for (const id of ['a', 'b', 'c', 'd', 'e']) expect(tabs.open(id, id)).toBeUndefined()
  expect(tabs.open('a', 'a')).toBeUndefined()
  expect(tabs.open('f', 'f')).toMatchObject({ session: 'b' })
  expect(tabs.list.map((tab) => tab.session)).toEqual(['a', 'c', 'd', 'e', 'f'])
})

const row: SessionView = {
  id: 's1',
  server: 'main',
  tmuxId: '$1',
  name: 'Billing-API',
  createdAt: 0,
  attached: 0,
  freshness: 'healthy',
  windows: [
    {
      id: 'w1',
      tmuxId: '@1',
      index: 0,
      name: 'editor',
      active: true,
      cols: 80,
      rows: 24,
      zoomed: false,
      panes: [pane('p1'), pane('p2')],
    },
  ],
}

function pane(id: string) {
  return {
    id,
    tmuxId: '%1',
    index: 0,
    active: id === 'p1',
    cols: 80,
    rows: 24,
    cwd: '/home/ada/invoices',
    command: 'vim',
    argv: [],
    title: '',
    pid: 1,
    dead: false,
    alternate: false,
    inMode: false,
  }
}

test('a session is found by name, program, place and window, all words at once', () => {
  for (const query of ['', 'billing', 'API vim', 'invoices', 'EDITOR', '  vim  billing ']) {
    expect(matches(row, query), query).toBe(true)
  }
  for (const query of ['billing zsh', 'x']) expect(matches(row, query), query).toBe(false)
})

test('a session printed last when any of its panes did', () => {
  expect(lastOutput(row, { p1: 5, p2: 9, p3: 99 })).toBe(9)
  expect(lastOutput(row, {})).toBeUndefined()
})

test('nothing that the product says has an exclamation mark', () => {
  // What is looked for on screens is written by agents.
  const own = readSources('web', 'server').filter(({ path }) => !path.startsWith('server/agents/'))
  const loud = own.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, at) => {
      const found = /[\p{L}\d.?)}]!(?=['"`<\s]|$)/u.test(line)
      return found ? [`${path}:${at + 1}: ${line.trim()}`] : []
    }),
  )
  expect(own.length).toBeGreaterThan(300)
  expect(loud).toEqual([])
})
