import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'playwright/test'
import { ENDED_MS, LIVE_MS } from '../../../server/core/git-timing.ts'
import { type GitSubject, GitWatch } from '../../../server/core/git-watch.ts'
import type { GitView } from '../../../server/protocol.ts'
import { Repository } from '../../support/repository.ts'
import { listeningLog } from '../../support/scratch.ts'

/** A watch over one repository with a clock of its own, which counts the questions to git. */
async function stage(repository: Repository, agents: Record<string, Partial<GitSubject>>) {
  const calls = join(repository.home, 'calls')
  const real = process.env.PATH ?? '/usr/bin:/bin'
  const pass = `for a in "$@"; do case $a in status|diff) echo $a >> ${calls};; esac; done
PATH=${real} exec git "$@"`
  await repository.script('bin/git', pass)
  const life = new AbortController()
  const views = new Map<string, (GitView | undefined)[]>()
  const subjects = Object.entries(agents).map(([id, change]): GitSubject => {
    const told: (GitView | undefined)[] = []
    views.set(id, told)
    const take = (view: GitView | undefined) => {
      if (told.length === 0 || told.at(-1) !== view) told.push(view)
    }
    const quiet = { isLive: true, isWorking: false, turnEnds: 0, stir: '' }
    return { id, cwd: repository.path, ...quiet, take, ...change }
  })
  const clock = { now: 1e12 }
  const looking = { is: false }
  const watch = new GitWatch({
    git: repository.asked({
      environment: { PATH: `${join(repository.home, 'bin')}:${real}`, HOME: repository.home },
    }),
    subjects: () => subjects,
    isSomeoneLooking: () => looking.is,
    log: listeningLog().log as never,
    signal: life.signal,
    now: () => clock.now,
  })
  return {
    watch,
    subjects,
    looking,
    last: (id: string) => views.get(id)?.at(-1),
    told: (id: string) => views.get(id)?.length,
    async pass(ms: number) {
      clock.now += ms
      await watch.tick()
    },
    async questions() {
      return (await readFile(calls, 'utf8').catch(() => '')).split('\n').length - 1
    },
    [Symbol.dispose]: () => life.abort(),
  }
}

test('two agents in one worktree share one question, and both show its answer', async () => {
  await using repository = await Repository.open()
  await repository.write('inside/a', 'a\n')
  using stand = await stage(repository, {
    one: {},
    two: { cwd: join(repository.path, 'inside') },
  })
  await stand.watch.tick()
  expect(await stand.questions()).toBe(1)
  expect(stand.last('one')).toMatchObject({ state: 'dirty', untracked: 1 })
  expect(stand.last('two')).toBe(stand.last('one'))
})

test('the end of a turn asks at once, and an unchanged answer is not told again', async () => {
  await using repository = await Repository.open()
  using stand = await stage(repository, { one: {} })
  await stand.watch.tick()
  const [one] = stand.subjects
  if (one) one.turnEnds = 1
  await stand.pass(1)
  expect(await stand.questions()).toBe(2)
  expect(stand.told('one')).toBe(1)
  await repository.write('a', 'a\n')
  if (one) one.turnEnds = 2
  await stand.pass(1)
  expect(await stand.questions()).toBe(3)
  expect(stand.last('one')).toMatchObject({ state: 'dirty' })
  expect(stand.told('one')).toBe(2)
})

test('a working agent is asked about each minute, one that only waits is not', async () => {
  await using repository = await Repository.open()
  using stand = await stage(repository, { one: { isWorking: true } })
  for (let second = 0; second < 180; second++) await stand.pass(1_000)
  expect(await stand.questions()).toBe(3)
  const [one] = stand.subjects
  if (one) one.isWorking = false
  for (let hour = 0; hour < 24; hour++) await stand.pass(3_600_000)
  expect(await stand.questions()).toBe(3)
  // A commit from another terminal shows in the repository's own files.
  await repository.write('a', 'a\n')
  await repository.commit()
  await stand.pass(LIVE_MS)
  expect(await stand.questions()).toBe(4)
  expect(stand.last('one')?.head).not.toBe('')
})

test('an ended agent with work left is asked about every 15 minutes while somebody looks', async () => {
  await using repository = await Repository.open()
  await repository.write('a', 'a\n')
  using stand = await stage(repository, { one: { isLive: false } })
  stand.looking.is = true
  await stand.watch.tick()
  expect(stand.last('one')).toMatchObject({ state: 'dirty' })
  await rm(join(repository.path, 'a'))
  await stand.pass(ENDED_MS - 1)
  expect(await stand.questions()).toBe(1)
  await stand.pass(1)
  expect(await stand.questions()).toBe(2)
  expect(stand.last('one')).toMatchObject({ state: 'clean' })
})

test('no repository is nothing, and a folder that goes is unknown, never clean', async () => {
  await using repository = await Repository.open()
  using stand = await stage(repository, { one: {}, out: { cwd: repository.home } })
  await stand.watch.tick()
  expect(stand.last('out')).toBeUndefined()
  expect(stand.last('one')).toMatchObject({ state: 'clean' })
  await rm(repository.path, { recursive: true })
  await stand.pass(LIVE_MS)
  await stand.pass(LIVE_MS)
  expect(stand.last('one')).toMatchObject({
    state: 'unknown',
    worktree: repository.path,
    detail: 'The folder is gone.',
  })
  expect(await stand.watch.changes(repository.path)).toMatchObject({
    git: { state: 'unknown' },
    files: [],
  })
  expect(await stand.watch.changes(repository.home)).toBeUndefined()
})

test('two who ask for the changes at once share one look', async () => {
  await using repository = await Repository.open()
  await repository.write('a', 'a\n')
  using stand = await stage(repository, {})
  const [one, two] = await Promise.all([
    stand.watch.changes(repository.path),
    stand.watch.changes(repository.path),
  ])
  expect(one?.files).toHaveLength(1)
  expect(two).toBe(one)
  // One for the state, one for the patch.
  expect(await stand.questions()).toBe(2)
})
