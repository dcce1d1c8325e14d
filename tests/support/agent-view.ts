import type { AgentView, GitView } from '../../server/protocol.ts'

/** An agent at work in pane `p1` of session `s1-main`, as the feed tells of it. */
export function agent(change: Partial<AgentView> = {}): AgentView {
  return {
    id: 'a1',
    kind: 'claude',
    pane: 'p1',
    session: 's1-main',
    activity: 'working',
    since: 0,
    liveness: 'live',
    evidence: { source: 'live', line: 'busy', at: 0, confidence: 'high' },
    title: '',
    prompt: '',
    lastWords: '',
    tool: '',
    model: '',
    usage: {},
    cwd: '/home/ada/src',
    where: 'here',
    startedAt: 0,
    ...change,
  }
}

/** Work in a repository that nobody has committed. */
export const dirty: GitView = {
  worktree: '/w',
  repository: '/w',
  linked: false,
  branch: 'main',
  head: 'abc',
  state: 'dirty',
  staged: 1,
  modified: 1,
  untracked: 0,
  conflicts: 0,
  at: 0,
}
