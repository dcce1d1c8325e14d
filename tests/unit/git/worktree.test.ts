import { existsSync } from 'node:fs'
import { chmod, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'playwright/test'
import { Failure } from '../../../server/core/failure.ts'
import { addWorktree } from '../../../server/core/worktree.ts'
import { Repository } from '../../support/repository.ts'

/** What it refuses with; throws where it refuses nothing. */
async function refusal(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => new Error('it was not refused'),
    (failure: unknown) => failure,
  )
  if (error instanceof Failure) return error.message
  throw error
}

async function withCommit(): Promise<Repository> {
  const repository = await Repository.open()
  await repository.write('deep/a', 'one\n')
  await repository.commit()
  return repository
}

test('a worktree lies beside its repository, on a new branch or on one that is there', async () => {
  await using repository = await withCommit()
  const git = repository.asked()
  const fresh = await addWorktree(git, join(repository.path, 'deep'), 'fix/a')
  const worktree = `${repository.path}-fix-a`
  expect(fresh).toEqual({ worktree, folder: join(worktree, 'deep') })
  await repository.git('branch', 'older')
  // From a linked worktree it still lies beside the repository.
  const older = await addWorktree(git, worktree, 'older')
  expect(older.worktree).toBe(`${repository.path}-older`)
  expect(await repository.git('-C', older.worktree, 'branch', '--show-current')).toBe('older\n')
  expect(await repository.git('status', '--porcelain')).toBe('')
})

test('every refusal says what is in the way', async () => {
  await using repository = await withCommit()
  const git = repository.asked()
  const add = (branch: string) => refusal(addWorktree(git, repository.path, branch))
  expect(await add('main')).toBe(`The branch main is checked out in ${repository.path}.`)
  for (const name of ['-b', 'a b', 'a..b', 'x~1', '@{-1}', 'x'.repeat(201), 'a\nb']) {
    expect(await add(name), name).toMatch(/cannot be the name of a branch/)
  }
  await mkdir(`${repository.path}-taken`)
  expect(await add('taken')).toContain('exists already')
  const outside = join(repository.home, 'outside')
  await mkdir(outside)
  expect(await refusal(addWorktree(git, outside, 'x'))).toBe(
    `${outside} lies in no git repository.`,
  )
})

test('a repository without a commit, and one that a branch stands in the way of', async () => {
  await using repository = await Repository.open()
  const git = repository.asked()
  const add = (branch: string) => refusal(addWorktree(git, repository.path, branch))
  expect(await add('x')).toContain('has no commit yet')
  await repository.write('a', '')
  await repository.commit()
  await repository.git('branch', 'fix')
  expect(await add('fix/deeper')).toMatch(/^git refused: .*fix/)
  expect(existsSync(`${repository.path}-fix-deeper`)).toBe(false)
})

test('nothing of the repository is run', async () => {
  await using repository = await withCommit()
  const canary = join(repository.home, 'canary')
  const script = await repository.script('bad', `touch ${canary}`)
  const hook = await repository.script('work/.git/hooks/post-checkout', `touch ${canary}`)
  await chmod(hook, 0o755)
  await repository.write('.gitattributes', 'deep/a filter=bad\n')
  await repository.git('config', 'core.fsmonitor', script)
  await repository.git('config', 'filter.bad.smudge', script)
  await repository.git('-c', 'core.fsmonitor=false', 'add', '.gitattributes')
  await repository.git('-c', 'core.fsmonitor=false', 'commit', '-qm', 'more')
  await repository.git('-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null', 'gc', '-q')
  const before = existsSync(canary)
  await addWorktree(repository.asked(), repository.path, 'safe')
  expect([before, existsSync(canary)]).toEqual([false, false])
})

test('a git that hangs is ended, and it is said what may be left', async () => {
  await using repository = await withCommit()
  await repository.script('bin/git', 'exec sleep 1000')
  const environment = { ...repository.environment, PATH: `${repository.home}/bin:/usr/bin:/bin` }
  const git = repository.asked({ environment, limitMs: 200 })
  const said = await refusal(addWorktree(git, repository.path, 'slow'))
  expect(said).toContain('did not answer within 0.2 seconds')
  expect(said).toContain(`${repository.path}-slow`)
})
