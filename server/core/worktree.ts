import { existsSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { Failure } from './failure.ts'
import { type Git, GitError, type GitQuestion } from './git-command.ts'
import { findWorktree, type GitPlace } from './git-place.ts'

/** A new worktree, and the folder in it that stands for the one that it was asked from. */
export interface NewWorktree {
  worktree: string
  folder: string
}

const MAX_BRANCH = 200
const ignore = () => {}

/**
 * Adds a worktree beside the repository that `folder` (absolute) lies in, on a branch that is made
 * at its HEAD where it is not there (git-worktree(1)). No hook and no filter of the repository runs.
 * Throws a `Failure` with what git refused, in plain words.
 */
export async function addWorktree(git: Git, folder: string, branch: string): Promise<NewWorktree> {
  const place = await findWorktree(folder)
  if (place === undefined || place === 'gone') {
    throw new Failure('bad-request', `${folder} lies in no git repository.`)
  }
  const worktree = pathFor(place, branch)
  if (branch.length > MAX_BRANCH) throw badBranch(branch)
  if (existsSync(worktree)) {
    throw new Failure(
      'conflict',
      `${worktree} exists already. Start the session there, or choose another branch.`,
    )
  }
  try {
    await git(place.worktree, (question) => add(question, worktree, branch))
  } catch (error) {
    if (!(error instanceof GitError)) throw error
    throw explain(error, { place, worktree, branch })
  }
  const inside = join(worktree, relative(place.worktree, folder))
  // A folder that is in no commit is not in the new worktree.
  return { worktree, folder: existsSync(inside) ? inside : worktree }
}

async function add({ run }: GitQuestion, worktree: string, branch: string): Promise<void> {
  const ref = `refs/heads/${branch}`
  const isName = !branch.startsWith('-') && (await run(['check-ref-format', ref], ignore, [0, 1]))
  if (isName !== 0) throw badBranch(branch)
  const isThere = (await run(['show-ref', '--verify', '--quiet', ref], ignore, [0, 1])) === 0
  const what = isThere ? ['--', worktree, branch] : ['--no-track', '-b', branch, '--', worktree]
  await run(['worktree', 'add', ...what], ignore)
}

function badBranch(branch: string): Failure {
  return new Failure('bad-request', `"${branch.slice(0, 80)}" cannot be the name of a branch.`)
}

function pathFor({ repository }: GitPlace, branch: string): string {
  const name = basename(repository).replace(/\.git$/, '')
  return join(dirname(repository), `${name}-${branch.replace(/[/\\]/g, '-')}`)
}

function explain(
  error: GitError,
  { place, worktree, branch }: { place: GitPlace; worktree: string; branch: string },
): Failure {
  const { code, said, message } = error
  const failure = (kind: Failure['code'], text: string) => new Failure(kind, text, { cause: error })
  if (code === 'timeout') {
    return failure('busy', `${message} What it began may be left at ${worktree}.`)
  }
  if (code !== 'failed') return failure('bad-request', message)
  const [, where] = /already (?:checked out|used by worktree) at '(.*)'/.exec(said) ?? []
  if (where !== undefined) {
    return failure('conflict', `The branch ${branch} is checked out in ${where}.`)
  }
  if (/invalid reference|not a valid object name/.test(said)) {
    return failure('bad-request', `${place.worktree} has no commit yet to start a branch from.`)
  }
  if (/[Pp]ermission denied|[Rr]ead-only file system/.test(said)) {
    return failure('bad-request', `Nothing may be written beside the repository or in it: ${said}`)
  }
  return failure('bad-request', `git refused: ${said}`)
}
