import type { Agents } from './agents.ts'
import type { GitSubject } from './git-watch.ts'
import type { Registry } from './registry.ts'

/** Agents whose folder is on this machine, as git is asked about them. */
export function gitSubjects(agents: Agents, registry: Registry): GitSubject[] {
  return agents
    .all()
    .filter(({ agent }) => agent.where === 'here' && agent.process.cwd !== '')
    .map(({ agent }) => {
      const { turn, lastTurn, activity, since } = agent.state
      return {
        id: agent.id,
        cwd: agent.process.cwd,
        isLive: !agent.isEnded,
        isWorking: turn !== undefined,
        turnEnds: lastTurn?.endedAt ?? 0,
        stir: `${activity} ${since}`,
        take(view) {
          if (agent.git === view) return
          agent.git = view
          registry.putAgent(agent.view())
        },
      }
    })
}
