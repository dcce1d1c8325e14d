import type { AttentionView, RepositoryNeed } from '../protocol.ts'

/**
 * What waits in each repository: how much, and the most urgent of it, which is the repository's own
 * urgency. `items` in order of need; what is snoozed does not count. The most urgent repository first.
 */
export function needsByRepository(
  items: readonly AttentionView[],
  repositoryOf: (agent: string) => string | undefined,
): RepositoryNeed[] {
  const found = new Map<string, RepositoryNeed>()
  for (const { id, agent, reason, since, snoozedUntil } of items) {
    const repository = repositoryOf(agent)
    if (repository === undefined || snoozedUntil !== undefined) continue
    const known = found.get(repository)
    if (known) known.count += 1
    else found.set(repository, { repository, count: 1, lead: id, reason, since })
  }
  return [...found.values()]
}
