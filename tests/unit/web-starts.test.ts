import { expect, test } from 'playwright/test'
import type { GitView, StartRow, StartView } from '../../server/protocol.ts'
import { recentPlaces } from '../../web/state/recent.ts'
import { eachOf } from '../../web/state/several.ts'
import { isDone, isOver, rowWords, startOf } from '../../web/state/starts.ts'
import { agent } from '../support/agent-view.ts'

test('places of this device come first, then repositories of agents, each once', () => {
  const git: GitView = {
    ...{ worktree: '/src/api-fix', repository: '/src/api', linked: true, branch: 'fix', head: 'a' },
    ...{ state: 'clean' as const, staged: 0, modified: 0, untracked: 0, conflicts: 0, at: 0 },
  }
  const agents = [
    agent({ id: 'old', startedAt: 1, cwd: '/src/old' }),
    agent({ id: 'new', startedAt: 3, cwd: '/src/api-fix', git }),
    agent({ id: 'twin', startedAt: 2, cwd: '/src/api' }),
    agent({ id: 'far', startedAt: 4, cwd: '/elsewhere', where: 'ssh' }),
    agent({ id: 'secret', startedAt: 5, cwd: '/src/[redacted token 40]' }),
  ]
  const known = Object.fromEntries(agents.map((one) => [one.id, one]))
  expect(recentPlaces(known, ['/own/', '/src/old'], 9)).toEqual(['/own', '/src/old', '/src/api'])
  expect(recentPlaces(known, ['/', '/own'], 2)).toEqual(['/', '/own'])
})

test('work for many is done for four at a time, in order, for each once', async () => {
  let running = 0
  let most = 0
  const done: number[] = []
  await eachOf([1, 2, 3, 4, 5, 6, 7, 8, 9], async (item) => {
    running += 1
    most = Math.max(most, running)
    await new Promise((resolve) => setImmediate(resolve))
    running -= 1
    done.push(item)
  })
  expect([most, done]).toEqual([4, [1, 2, 3, 4, 5, 6, 7, 8, 9]])
})

test('a row says how far it is, and a prompt without effect is not done', () => {
  const start: StartView = { id: 'x', at: 0, agent: 'claude', prompt: 'hello', rows: [] }
  const row = (change: Partial<StartRow>): StartRow => ({
    ...{ directory: '/a', state: 'done' },
    ...change,
  })
  const cases: [change: Partial<StartRow>, words: string, over: boolean, done: boolean][] = [
    [{ state: 'queued' }, 'Waits its turn', false, false],
    [{ state: 'making' }, 'Starting', false, false],
    [{ state: 'starting' }, 'Starting the agent', false, false],
    [{ state: 'starting', agent: 'a' }, 'Waits until it is ready', false, false],
    [{ receipt: 'submitted' }, 'Prompt submitted', true, true],
    [{ receipt: 'not-submitted' }, 'Prompt typed, Enter showed no effect', true, false],
    [{ state: 'unsent' }, 'Prompt not sent', true, false],
    [{ state: 'failed' }, 'Failed', true, false],
  ]
  for (const [change, words, over, done] of cases) {
    const one = row(change)
    expect([rowWords(start, one), isOver(one), isDone(one)]).toEqual([words, over, done])
  }
  expect(rowWords({ ...start, prompt: '' }, row({}))).toBe('Started')
  const rows = [row({ session: 's1' }), row({ session: 's2' })]
  expect(startOf({ x: { ...start, rows } }, 's2')?.at).toBe(1)
  expect(startOf({ x: { ...start, rows } }, 's3')).toBeUndefined()
})
