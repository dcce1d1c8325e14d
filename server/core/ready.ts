import type { AgentView, Freshness } from '../protocol.ts'
import { cleanPrompt, type PromptOutcome, typePrompt } from '../tmux/input.ts'
import type { Agents } from './agents.ts'
import { Failure } from './failure.ts'
import type { OneByOne } from './one-by-one.ts'
import type { Registry } from './registry.ts'

export interface ReadyDeps {
  registry: Registry
  agents: Pick<Agents, 'find' | 'screenOf' | 'heardUser'>
  /** What is typed into one pane, by whatever route, comes one after the other. */
  typing: OneByOne
}

/** Why this agent is not proven to wait for a prompt, in a sentence; undefined where it is. */
export function whyNotReady(
  { liveness, activity }: Pick<AgentView, 'liveness' | 'activity'>,
  freshness: Freshness,
): string | undefined {
  if (liveness !== 'live') return 'It has ended.'
  if (freshness !== 'healthy') return 'tmux does not answer well, so what it does is not sure.'
  switch (activity) {
    case 'idle':
      return undefined
    case 'asking':
      return 'It asks something first.'
    case 'working':
    case 'retrying':
      return 'It is at work.'
    case 'failed':
      return 'Its last turn failed. Look at it first.'
    case 'unknown':
      return 'What it does is not known.'
    default:
      return activity satisfies never
  }
}

/**
 * Types a prompt for an agent into its pane (our ids) and presses Enter, if the agent waits for one:
 * by all that is known of it, and by its screen as it is right before. Else nothing is typed and a
 * `Failure` (`conflict`) says why. Rejects with a `TmuxError`; then nobody knows how far it got.
 */
export async function promptAgent(
  { registry, agents, typing }: ReadyDeps,
  { pane, agent, text }: { pane: string; agent: string; text: string },
): Promise<PromptOutcome> {
  return typing.run(pane, async () => {
    const entry = registry.pane(pane)
    const live = agents.find(agent)
    if (!entry || !live || live.agent.isEnded || entry.view.agent !== agent) {
      throw new Failure('conflict', 'It does not run in that pane any more.')
    }
    const why = whyNotReady(live.agent.view(), entry.session.freshness)
    if (why) throw new Failure('conflict', why)
    const screen = await agents.screenOf(live)
    // A dialog can be up for some moments before anything else tells of it.
    const says = screen && live.agent.adapter.fromScreen?.({ ...screen, at: Date.now() })?.says
    if (says?.type !== 'idle') {
      throw new Failure('conflict', 'Its screen does not show that it waits for a prompt.')
    }
    const outcome = await typePrompt(entry.server, entry.view.tmuxId, cleanPrompt(text), true)
    if (outcome === 'submitted') agents.heardUser(pane)
    return outcome
  })
}
