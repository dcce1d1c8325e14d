import type { ScreenFacts } from '../agents/adapter.ts'
import { delay } from '../lib/time.ts'
import type { AnswerRequest } from '../protocol.ts'
import { leaveMode } from '../tmux/input.ts'
import { pressKeys } from '../tmux/named-keys.ts'
import type { Agents, LiveAgent } from './agents.ts'
import type { AttentionKeeper } from './attention-keeper.ts'
import { dialogHash, whyNotApprove } from './dialog.ts'
import { Failure } from './failure.ts'
import type { PaneEntry } from './registry.ts'

/** An answer's effect is looked for at these times after it (milliseconds); agents redraw slowly. */
const LOOK_AFTER_MS = [50, 100, 200, 400, 800, 1_000] as const

export interface AnswerDeps {
  agents: Pick<Agents, 'find' | 'screenOf' | 'heardUser'>
  attention: Pick<AttentionKeeper, 'answering' | 'answered'>
}

/**
 * Answers the dialog of the agent in a pane, by the keys of its kind, where it still is the dialog
 * that a person saw: the ask is the same one and the screen, read right before, shows the same rows.
 * Else nothing is typed and a `Failure` (`conflict`) says why. Resolves with whether the dialog went.
 */
export async function answerAsk(
  { agents, attention }: AnswerDeps,
  { server, view: pane }: PaneEntry,
  { ask, answer, hash }: AnswerRequest,
  by: string,
): Promise<boolean> {
  const live = agents.find(pane.agent ?? '')
  if (!live || live.agent.isEnded) throw new Failure('conflict', 'No agent waits in that pane.')
  const { name, keys } = live.agent.adapter
  const toPress = keys[answer]
  if (!toPress) {
    throw new Failure('bad-request', `${name} has no key for that. Use its terminal.`)
  }
  const asked = live.agent.view().ask
  if (asked?.id !== ask) throw new Failure('conflict', 'It does not ask that any more.')
  await leaveMode(server, pane.tmuxId)
  const screen = await agents.screenOf(live)
  const dialog = screen && dialogOn(live, screen)
  if (!dialog || dialog.hash !== hash) {
    throw new Failure('conflict', 'The dialog has changed. Read it again, then answer.')
  }
  const why = answer === 'approve' ? whyNotApprove(dialog.rows) : undefined
  if (why) throw new Failure('conflict', why)
  const isOver = attention.answering(live.agent.id, ask, by)
  try {
    await pressKeys(server, pane.tmuxId, toPress)
    agents.heardUser(pane.id)
    for (const ms of LOOK_AFTER_MS) {
      await delay(ms)
      const after = await agents.screenOf(live)
      // Where tmux does not tell what it shows, the dialog may be there as it was.
      const isUnseen = !after && !live.agent.isEnded
      if (isUnseen || (after && dialogOn(live, after)?.hash === hash)) continue
      attention.answered(live.agent.id, ask, by)
      return true
    }
    return false
  } finally {
    isOver()
  }
}

/** The dialog that a screen shows; undefined where it shows none. */
function dialogOn(
  live: LiveAgent,
  screen: Omit<ScreenFacts, 'at'>,
): { rows: readonly string[]; hash: string } | undefined {
  const said = live.agent.adapter.fromScreen?.({ ...screen, at: Date.now() })
  const hash = dialogHash(said?.says)
  if (hash === undefined || said?.says?.type !== 'asking' || !said.says.ask.dialog) return undefined
  return { rows: said.says.ask.dialog, hash }
}
