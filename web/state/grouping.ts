import type { AgentView } from '../../server/protocol.ts'
import type { FeedState } from './apply.ts'
import { currentPane } from './derive.ts'

/** What the list's rows stand together by. Pure. */

export const GROUPINGS = ['need', 'repository', 'directory', 'batch', 'none'] as const
export type Grouping = (typeof GROUPINGS)[number]

export const GROUPING_WORDS: Readonly<Record<Grouping, string>> = {
  need: 'By need',
  repository: 'By repository',
  directory: 'By directory',
  batch: 'By batch',
  none: 'One list',
}

/** Headings of what has no place in a grouping. */
export const LEFT_OVER: Readonly<Record<Grouping, string>> = {
  need: '',
  repository: 'In no repository',
  directory: 'Directory not known',
  batch: 'In no batch',
  none: '',
}

/** Folder of each repository by those of its worktrees, as far as agents told of them. */
export function knownWorktrees(
  agents: Readonly<Record<string, AgentView>>,
): ReadonlyMap<string, string> {
  const known = new Map<string, string>()
  for (const { git } of Object.values(agents)) if (git) known.set(git.worktree, git.repository)
  return known
}

/** The repository that a folder lies in; undefined where no agent told of one. */
export function repositoryOf(
  folder: string,
  worktrees: ReadonlyMap<string, string>,
): string | undefined {
  for (let path = folder; path !== ''; path = path.slice(0, Math.max(0, path.lastIndexOf('/')))) {
    const found = worktrees.get(path)
    if (found !== undefined) return found
  }
  return undefined
}

/** Something of the list: a session with the agent that speaks for it, or an agent that has ended. */
export interface Placed {
  session: string
  agent: AgentView | undefined
}

/** The key of the group that something stands in: a path or a label; empty for those left over. */
export function groupKey(
  { session, agent }: Placed,
  grouping: Grouping,
  feed: Readonly<FeedState>,
  worktrees: ReadonlyMap<string, string>,
): string {
  const view = feed.sessions[session]
  const folder = agent?.cwd || (view && currentPane(view)?.cwd) || ''
  switch (grouping) {
    case 'repository':
      return agent?.git?.repository ?? repositoryOf(folder, worktrees) ?? ''
    case 'directory':
      return folder
    case 'batch':
      return feed.batches[session] ?? ''
    case 'need':
    case 'none':
      return ''
    default:
      grouping satisfies never
      return ''
  }
}

/** Keys in the order of their headings: batches newest first, others by name; those left over last. */
export function orderKeys(
  keys: Iterable<string>,
  grouping: Grouping,
  feed: Readonly<FeedState>,
): string[] {
  // Told oldest first.
  const labels = Object.values(feed.batches)
  return [...keys].sort((a, b) => {
    if (a === '' || b === '') return Number(a === '') - Number(b === '')
    if (grouping === 'batch') return labels.lastIndexOf(b) - labels.lastIndexOf(a)
    return lastPart(a).localeCompare(lastPart(b)) || (a < b ? -1 : 1)
  })
}

/** The last folder of a path; the path where it has none. */
export function lastPart(path: string): string {
  return path.split('/').at(-1) || path
}

/** Whether a session has the name of a repository, for whose dots and colons tmux puts others. */
export function isNamedAfter(session: string, repository: string): boolean {
  return session === lastPart(repository).replaceAll(/[.:]/g, '_')
}

/** Hues of repositories, so many and so far apart that two neighbours differ. */
const HUES = 15

/** The hue of a repository in degrees: always the same for the same path. */
export function repositoryHue(path: string): number {
  // FNV-1a: short paths that differ in one letter lie far apart.
  let hash = 0x811c9dc5
  for (const char of path) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193)
  return ((hash >>> 0) % HUES) * (360 / HUES)
}
