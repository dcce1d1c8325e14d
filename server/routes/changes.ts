import { Hono } from 'hono'
import type { Agents } from '../core/agents.ts'
import type { Env } from '../core/caller.ts'
import { Failure } from '../core/failure.ts'
import type { GitWatch } from '../core/git-watch.ts'
import type { DiffResponse } from '../protocol.ts'

export interface ChangesRouteDeps {
  agents: Agents
  git: GitWatch
}

/** What stands in an agent's worktree and in no commit. */
export function changesRoutes({ agents, git }: ChangesRouteDeps) {
  return new Hono<Env>().get('/api/agents/:id/diff', async (c) => {
    const agent = agents.find(c.req.param('id'))?.agent
    if (!agent) throw new Failure('not-found', 'This agent is not known here, or ended long ago.')
    const { cwd } = agent.process
    const isHere = agent.where === 'here' && cwd !== ''
    const changes = isHere ? await git.changes(cwd) : undefined
    if (!changes) throw new Failure('not-found', 'This agent does not run in a git worktree here.')
    return c.json(changes satisfies DiffResponse)
  })
}
