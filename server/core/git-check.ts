import type { GitView } from '../protocol.ts'
import { type Git, GitError } from './git-command.ts'
import type { GitPlace } from './git-place.ts'
import { type GitStatus, parseStatus } from './git-status.ts'
import { redact } from './redact.ts'

/** More changes than fit in so much are not counted; a worktree like that is dirty anyway. */
const STATUS_BYTES = 4_194_304
const SHORT_ID = 10
const HEADER = Buffer.from('# branch.oid ')

/** Submodules count by their commit alone: a look inside would run git with their configuration. */
export const WITHOUT_SUBMODULES = '--ignore-submodules=dirty'

/** What git says of a worktree now; `unknown`, with the reason, where it says nothing. */
export async function checkWorktree(git: Git, place: GitPlace): Promise<GitView> {
  const at = Date.now()
  try {
    return viewOf(place, await readStatus(git, place), at)
  } catch (error) {
    if (!(error instanceof GitError)) throw error
    return unknownView(place, at, error.message)
  }
}

/** A view that claims nothing but where the worktree is. */
export function unknownView(
  { worktree, repository, linked }: Omit<GitPlace, 'gitDir'>,
  at: number,
  detail: string,
): GitView {
  return {
    worktree: redact(worktree),
    repository: redact(repository),
    linked,
    branch: '',
    head: '',
    state: 'unknown',
    ...{ staged: 0, modified: 0, untracked: 0, conflicts: 0 },
    at,
    detail: redact(detail),
  }
}

/** Throws `GitError`. */
export async function readStatus(git: Git, { worktree }: GitPlace): Promise<GitStatus> {
  const chunks: Buffer[] = []
  let bytes = 0
  const take = (chunk: Buffer) => {
    if (bytes < STATUS_BYTES) chunks.push(chunk)
    bytes += chunk.length
  }
  const args = ['--porcelain=v2', '--branch', '-z', '--untracked-files=normal', WITHOUT_SUBMODULES]
  await git(worktree, ({ run }) => run(['status', ...args], take))
  const output = Buffer.concat(chunks)
  // Silence must not pass for a clean worktree: git begins with the commit it stands on.
  if (!output.subarray(0, HEADER.length).equals(HEADER)) {
    throw new GitError('failed', 'git gave an answer without a branch.')
  }
  return parseStatus(output)
}

/** The wire's view of a status. */
export function viewOf(
  { worktree, repository, linked }: GitPlace,
  { head, branch, ahead, behind, staged, modified, untracked, conflicted }: GitStatus,
  at: number,
): GitView {
  const isDirty = staged + modified + untracked + conflicted.length > 0
  return {
    worktree: redact(worktree),
    repository: redact(repository),
    linked,
    branch: redact(branch),
    head: head.slice(0, SHORT_ID),
    state: isDirty ? 'dirty' : 'clean',
    staged,
    modified,
    untracked,
    conflicts: conflicted.length,
    ...(ahead === undefined ? {} : { ahead }),
    ...(behind === undefined ? {} : { behind }),
    at,
  }
}
