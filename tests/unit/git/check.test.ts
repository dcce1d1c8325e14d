import { existsSync } from 'node:fs'
import { chown, mkdir, readFile, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'playwright/test'
import { checkWorktree } from '../../../server/core/git-check.ts'
import { findWorktree, signatureOf } from '../../../server/core/git-place.ts'
import { Repository } from '../../support/repository.ts'
import { isAlive } from '../../support/server.ts'

test('clean, then dirty by side, then clean again', async () => {
  await using repository = await Repository.open()
  const git = repository.asked()
  const place = await repository.place()
  const fresh = await checkWorktree(git, place)
  expect(fresh).toMatchObject({ state: 'clean', branch: 'main', head: '', linked: false })
  await repository.write('a', 'a\n')
  await repository.write('b', 'b\n')
  await repository.commit()
  expect((await checkWorktree(git, place)).head).toMatch(/^[0-9a-f]{10}$/)

  await repository.write('a', 'changed\n')
  await repository.write('b', 'staged\n')
  await repository.git('add', 'b')
  await repository.write('folder/new', '')
  await repository.write('line\nbreak', '')
  expect(await checkWorktree(git, place)).toMatchObject({
    state: 'dirty',
    staged: 1,
    modified: 1,
    untracked: 2,
    conflicts: 0,
  })
  await repository.commit()
  expect(await checkWorktree(git, place)).toMatchObject({ state: 'clean', staged: 0 })
})

test('ahead and behind of the upstream, and conflicts', async () => {
  await using repository = await Repository.open()
  await repository.write('a', 'a\n')
  await repository.commit()
  await repository.git('branch', 'upstream')
  await repository.git('branch', '--set-upstream-to=upstream')
  await repository.write('a', 'mine\n')
  await repository.commit()
  await repository.git('checkout', '-q', 'upstream')
  await repository.write('a', 'theirs\n')
  await repository.commit()
  await repository.write('b', 'theirs\n')
  await repository.commit()
  await repository.git('checkout', '-q', 'main')
  const place = await repository.place()
  const git = repository.asked()
  expect(await checkWorktree(git, place)).toMatchObject({ state: 'clean', ahead: 1, behind: 2 })
  await repository.git('merge', 'upstream').catch(() => {})
  expect(await checkWorktree(git, place)).toMatchObject({ state: 'dirty', conflicts: 1 })
})

test('a linked worktree knows its repository, also from a folder inside it', async () => {
  await using repository = await Repository.open()
  await repository.write('a', 'a\n')
  await repository.commit()
  const other = join(repository.home, 'other')
  await repository.git('worktree', 'add', '-q', '-b', 'side', other)
  await mkdir(join(other, 'deep', 'er'), { recursive: true })
  const place = await repository.place(join(other, 'deep', 'er'))
  expect(place).toMatchObject({ worktree: other, repository: repository.path, linked: true })
  const view = await checkWorktree(repository.asked(), place)
  expect(view).toMatchObject({ branch: 'side', state: 'clean', linked: true })
})

test('what is no worktree is none, whatever it is called', async () => {
  await using repository = await Repository.open()
  const { home } = repository
  expect(await findWorktree(home)).toBeUndefined()
  expect(await findWorktree(join(home, 'gone'))).toBe('gone')
  await mkdir(join(home, 'plain', '.git'), { recursive: true })
  expect(await findWorktree(join(home, 'plain'))).toBeUndefined()
})

test('every commit and every staged file changes the signature', async () => {
  await using repository = await Repository.open()
  const place = await repository.place()
  const seen = new Set([await signatureOf(place)])
  await repository.write('a', 'a\n')
  await repository.git('add', 'a')
  seen.add(await signatureOf(place))
  await repository.commit()
  seen.add(await signatureOf(place))
  await repository.git('checkout', '-q', '-b', 'side')
  seen.add(await signatureOf(place))
  expect(seen.size).toBe(4)
  expect(seen).toContain(await signatureOf(place))
})

test('the index keeps its bytes, also where git would like to refresh it', async () => {
  await using repository = await Repository.open()
  const file = await repository.write('a', 'a\n')
  await repository.commit()
  await utimes(file, new Date(), new Date(Date.now() + 5_000))
  const before = await repository.indexHash()
  const view = await checkWorktree(repository.asked(), await repository.place())
  expect(view.state).toBe('clean')
  expect(await repository.indexHash()).toBe(before)
  // git by itself would have written it: the test can fail.
  await repository.git('status')
  expect(await repository.indexHash()).not.toBe(before)
})

test('a folder that has gone is unknown, never clean', async () => {
  await using repository = await Repository.open()
  const place = await repository.place()
  await rename(repository.path, `${repository.path}-away`)
  const view = await checkWorktree(repository.asked(), place)
  expect(view).toMatchObject({ state: 'unknown', worktree: repository.path })
  expect(view.detail).toContain('git could not tell')
})

test('without a git it is unknown', async () => {
  await using repository = await Repository.open()
  const git = repository.asked({ environment: { PATH: '/nonexistent', HOME: repository.home } })
  const view = await checkWorktree(git, await repository.place())
  expect(view).toMatchObject({
    state: 'unknown',
    detail: 'git is not installed on this machine.',
  })
})

test('a git that hangs is killed with all it started, and the answer is unknown', async () => {
  await using repository = await Repository.open()
  const pids = join(repository.home, 'pids')
  await repository.script('bin/git', `sleep 300 & echo $$ $! > ${pids}; wait`)
  const environment = {
    PATH: `${join(repository.home, 'bin')}:/usr/bin:/bin`,
    HOME: repository.home,
  }
  const git = repository.asked({ environment, limitMs: 2_000 })
  const view = await checkWorktree(git, await repository.place())
  expect(view).toMatchObject({
    state: 'unknown',
    detail: 'git did not answer within 2 seconds.',
  })
  const [shell, sleep] = (await readFile(pids, 'utf8')).trim().split(' ').map(Number)
  await expect.poll(() => [shell, sleep].filter((pid) => isAlive(Number(pid)))).toEqual([])
})

test('the time limit holds when memory is cleaned up meanwhile', async () => {
  await using repository = await Repository.open()
  const started = join(repository.home, 'started')
  await repository.script('bin/git', `touch ${started}; exec sleep 20`)
  const environment = {
    PATH: `${join(repository.home, 'bin')}:/usr/bin:/bin`,
    HOME: repository.home,
  }
  const git = repository.asked({ environment, limitMs: 3_000 })
  const answer = checkWorktree(git, await repository.place())
  await expect.poll(() => existsSync(started)).toBe(true)
  collectGarbage()
  expect((await answer).detail).toBe('git did not answer within 3 seconds.')
})

test('a git that says nothing and is content is not believed', async () => {
  await using repository = await Repository.open()
  await repository.script('bin/git', 'exit 0')
  const environment = { PATH: join(repository.home, 'bin'), HOME: repository.home }
  const git = repository.asked({ environment })
  const view = await checkWorktree(git, await repository.place())
  expect(view).toMatchObject({ state: 'unknown', detail: 'git gave an answer without a branch.' })
})

function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  if (typeof collect !== 'function') throw new Error('this Node cannot be asked to clean up')
  collect()
}

test('a repository of another user is unknown, with the way out', async () => {
  test.skip(process.getuid?.() !== 0, 'only root can give a folder away')
  await using repository = await Repository.open()
  const place = await repository.place()
  for (const path of [repository.path, join(repository.path, '.git')]) await chown(path, 1234, 1234)
  const view = await checkWorktree(repository.asked(), place)
  expect(view.state).toBe('unknown')
  expect(view.detail).toContain('safe.directory')
})

test('a broken repository is unknown, in the words of git', async () => {
  await using repository = await Repository.open()
  const place = await repository.place()
  await writeFile(join(repository.path, '.git', 'HEAD'), 'nonsense')
  expect(await checkWorktree(repository.asked(), place)).toMatchObject({ state: 'unknown' })
  await rm(join(repository.path, '.git'), { recursive: true })
  await symlink('/dev/zero', join(repository.path, '.git'))
  expect(await findWorktree(repository.path)).toBeUndefined()
})
