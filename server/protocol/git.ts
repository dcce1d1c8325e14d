/** `unknown` where git could not be asked or did not answer in time; never shown as clean. */
export const GIT_STATES = ['clean', 'dirty', 'unknown'] as const
export type GitState = (typeof GIT_STATES)[number]

/** What git says of the worktree that an agent runs in. */
export interface GitView {
  /** Absolute path of the worktree's top folder. */
  worktree: string
  /** Absolute path of the main worktree's folder: equal for all worktrees of one repository. */
  repository: string
  /** A linked worktree (`git worktree add`), not the main one. */
  linked: boolean
  /** Empty where HEAD is detached. */
  branch: string
  /** Short object id; empty before the first commit. */
  head: string
  state: GitState
  /**
   * Files, a new folder as one; 0 where `state` is not `dirty`. A submodule counts where its commit
   * differs: what is not committed inside it does not show here.
   */
  staged: number
  modified: number
  untracked: number
  conflicts: number
  /** Commits against the upstream branch; absent where there is none. */
  ahead?: number
  behind?: number
  /** Epoch milliseconds since when git gives this answer; `GET .../diff`: when it was asked. */
  at: number
  /** One sentence for people where `state` is `unknown`. */
  detail?: string
}

export const DIFF_STATUSES = [
  'added',
  'modified',
  'deleted',
  'renamed',
  'copied',
  'untracked',
  'conflicted',
] as const
export type DiffStatus = (typeof DIFF_STATUSES)[number]

export interface DiffFile {
  /** Path below the worktree; may hold any character. */
  path: string
  /** The old path of a renamed or copied file. */
  from?: string
  status: DiffStatus
  /** Lines; absent for binary files. */
  added?: number
  removed?: number
  binary: boolean
  /**
   * Unified diff of this file, redacted; for an untracked file its hunk without a header, empty for
   * binary files. At most 128 KiB, and 4 MiB in all files together.
   */
  patch: string
  /** Bytes of the patch that were left out. */
  cut?: number
}

/** `GET /api/agents/:id/diff`: the worktree against HEAD, untracked files included. */
export interface DiffResponse {
  git: GitView
  files: DiffFile[]
  /** Files that were left out because there are too many. */
  omitted: number
}
