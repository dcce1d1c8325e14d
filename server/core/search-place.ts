import type { AgentView, SearchHit } from '../protocol.ts'
import { redact } from './redact.ts'
import type { Registry } from './registry.ts'

/** Where an agent runs, or ran last: the name of its session, and its repository or folder. */
export function agentPlace(
  view: AgentView,
  registry: Pick<Registry, 'session'>,
): Pick<SearchHit, 'session' | 'repository'> {
  const session = registry.session(view.session)?.view.name ?? view.place?.session ?? ''
  return {
    session: redact(session),
    repository: view.git?.repository ?? view.cwd,
  }
}

/** Whether a folder is the one that was asked for, or lies in it. */
export function isInside(folder: string, top: string): boolean {
  const path = top.replace(/\/+$/, '')
  return folder === path || folder.startsWith(`${path}/`)
}
