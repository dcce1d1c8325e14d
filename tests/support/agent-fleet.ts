import type { AgentView } from '../../server/protocol.ts'
import { agent } from './agent-view.ts'
import type { Tmux } from './tmux.ts'

const MINUTE = 60_000

/** One session for each state, and one without an agent. */
export function fleet(): AgentView[] {
  const now = Date.now()
  const one = (id: string, change: Partial<AgentView>) =>
    agent({ id, session: id, startedAt: now, since: now, ...change })
  const evidence = (line: string) =>
    ({ source: 'screen', line, at: now, confidence: 'high' }) as const
  return [
    one('billing', {
      activity: 'asking',
      since: now - 2 * MINUTE,
      evidence: evidence('Do you want to proceed?'),
      ask: { id: 'q1', kind: 'permission', text: 'npm run migrate', since: now - 2 * MINUTE },
    }),
    one('search', {
      kind: 'codex',
      activity: 'failed',
      since: now - 6 * MINUTE,
      evidence: evidence('rate limit, resets 14:30'),
    }),
    one('auth', {
      activity: 'working',
      tool: 'Edit server/session.ts',
      model: 'opus',
      turn: { generation: 1, startedAt: now - 4 * MINUTE },
      usage: { contextUsed: 124_000, contextSize: 200_000 },
    }),
    one('perf', {
      kind: 'copilot',
      activity: 'retrying',
      evidence: evidence('Overloaded, attempt 3 of 10'),
      usage: { contextUsed: 182_000, contextSize: 200_000 },
    }),
    one('mystery', { kind: 'opencode', activity: 'unknown', evidence: evidence('') }),
    one('docs', {
      kind: 'gemini',
      activity: 'idle',
      since: now - 9 * MINUTE,
      lastWords: 'I have rewritten the landing page.',
    }),
    one('importer', {
      session: 'gone',
      activity: 'idle',
      liveness: 'ended',
      endedAt: now - 180 * MINUTE,
      title: 'importer',
      lastWords: 'Last words before the end',
    }),
  ]
}

const NAMES = ['auth', 'billing', 'docs', 'mystery', 'perf', 'search', 'plain']

/** A session for each of them. */
export async function startFleet(tmux: Tmux): Promise<void> {
  for (const name of NAMES) await tmux.newSession({ name, command: 'exec cat' })
}
