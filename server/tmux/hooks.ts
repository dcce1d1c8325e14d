import { createHash } from 'node:crypto'
import { textOf } from './command.ts'
import { TmuxError } from './errors.ts'
import type { Send } from './look.ts'

/**
 * Global hooks at one private array index tell us of every change: each signals a `wait-for`
 * channel on which one client of ours waits. tmux remembers a signal that comes while nobody waits,
 * so no change is lost, and nothing is forked. The user's hooks lie at other indexes and stay.
 */

/** Everything that changes what we list. Names that this tmux does not know are skipped. */
const EVENTS: readonly string[] = [
  ...['session-created', 'session-closed', 'session-renamed', 'session-window-changed'],
  ...['window-linked', 'window-unlinked', 'window-renamed', 'window-layout-changed'],
  ...['window-resized', 'window-pane-changed', 'pane-exited', 'pane-died', 'pane-title-changed'],
  ...['pane-mode-changed', 'client-attached', 'client-detached', 'client-session-changed'],
  ...['after-split-window', 'after-kill-pane', 'after-select-pane', 'after-resize-pane'],
]

/** The user option that a hub carries: which dogwatch it belongs to. */
export const OWNER_OPTION = '@dogwatch'

const COMMAND = 'wait-for -S dogwatch-'
const LINE = /^(\S+?)\[(\d+)\] "?wait-for -S dogwatch-([0-9a-f]{8})"?$/

/** Names us among several dogwatch servers on one tmux server: eight hexadecimal digits. */
export function ownerId(runDir: string): string {
  return createHash('sha256').update(runDir).digest('hex').slice(0, 8)
}

/** The `wait-for` channel of an owner. */
export function channelOf(owner: string): string {
  return `dogwatch-${owner}`
}

/** Sets our hooks. Removes what an earlier life of ours, or of a dogwatch that is gone, left. */
export async function installHooks(send: Send, owner: string): Promise<void> {
  const taken = await sweepHooks(send, owner)
  let index = 4_200 + (Number.parseInt(owner, 16) % 700)
  while (taken.has(index)) index += 1
  await Promise.all(
    EVENTS.map(async (event) => {
      try {
        await send(['set-hook', '-g', `${event}[${index}]`, `${COMMAND}${owner}`])
      } catch (error) {
        // This version has no such hook.
        if (!(error instanceof TmuxError) || error.code !== 'refused') throw error
      }
    }),
  )
}

/** Removes our hooks and those without an owner. Returns the indexes that others hold. */
export async function sweepHooks(send: Send, owner: string): Promise<Set<number>> {
  const lists = await Promise.all([send(['show-hooks', '-g']), send(['show-hooks', '-gw'])])
  // After the hooks: a hub carries its owner's name before that owner sets hooks.
  const format = `#{${OWNER_OPTION}}`
  const owners = new Set(textOf(await send(['list-sessions', '-F', format])).split('\n'))
  const taken = new Set<number>()
  const stale: string[] = []
  for (const line of lists.flatMap((list) => textOf(list).split('\n'))) {
    const [, event = '', index = '', by = ''] = LINE.exec(line) ?? []
    if (event === '') continue
    if (by !== owner && owners.has(by)) taken.add(Number(index))
    else stale.push(`${event}[${index}]`)
  }
  await Promise.all(stale.map((hook) => send(['set-hook', '-gu', hook])))
  return taken
}
