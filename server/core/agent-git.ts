import type { Agents } from './agents.ts'
import type { GitSubject } from './git-watch.ts'
import type { Registry } from './registry.ts'

/** Agents whose folder is on this machine, as git is asked about them. */
export function gitSubjects(agents: Agents, registry: Registry): GitSubject[] {
  return [...liveSubjects(agents, registry), ...pastSubjects(registry)]
}

/** Of agents that are known from before only those that left something, until it is clean. */
function pastSubjects(registry: Registry): GitSubject[] {
  return registry.agents().flatMap((view) => {
    const { id, cwd, git, liveness, where, lastTurn } = view
    const isLeft = liveness === 'historical' && git !== undefined && git.state !== 'clean'
    if (!isLeft || where !== 'here' || cwd === '') return []
    return {
      ...{ id, cwd, isLive: false, isWorking: false },
      ...{ turnEnds: lastTurn?.endedAt ?? 0, stir: liveness },
      take(answer) {
        // Git takes its time: it may live again by now, or stand there no more.
        const now = registry.agent(id)
        if (!answer || now?.liveness !== 'historical' || now.git === answer) return
        registry.putAgent({ ...now, git: answer })
      },
    }
  })
}

function liveSubjects(agents: Agents, registry: Registry): GitSubject[] {
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
          // One that goes on in another process has left the list.
          if (registry.agent(agent.id)) registry.putAgent(agent.view())
        },
      }
    })
}
