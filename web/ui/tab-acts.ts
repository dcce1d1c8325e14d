import type { SessionView } from '../../server/protocol.ts'
import { attachCommand } from '../state/attach.ts'
import { MAX_PARTS } from '../state/split.ts'
import type { AppContext } from './context.ts'

/** Acts upon one session's terminal, from its menu, its tab, the palette or a key. */

/** Puts the command on the clipboard, or where the browser keeps it from us, on the page. */
export async function copyAttach(app: AppContext, session: SessionView): Promise<void> {
  const command = attachCommand(session, app.live.feed.servers)
  try {
    await navigator.clipboard.writeText(command)
    app.say(`Copied: ${command}`)
  } catch {
    // The browser keeps the clipboard from pages that are not on a secure address: show it instead.
    app.say(command)
  }
}

/** Puts a session beside the one in sight, and goes to it. */
export function openBeside(app: AppContext, session: string): void {
  const here = app.selected()
  if (here === undefined || app.split.add(here, session)) app.go(session)
  else app.say(`${MAX_PARTS} terminals stand beside each other at most.`)
}

/** Leaves a session's terminal: for one that stands beside it, for the one visited last, or the list. */
export function closeTab(app: AppContext, session: string): void {
  const wasSelected = app.selected() === session
  const beside = app.parts().filter((part) => part !== session)
  const rest = app.tabs.list.filter((tab) => tab.session !== session)
  app.split.remove(session)
  // Leave first: what the address names would open again.
  if (wasSelected) {
    const near = rest.filter((tab) => beside.includes(tab.session))
    const choice = near.length > 0 ? near : rest
    app.go(choice.reduce((a, b) => (b.visit > (a?.visit ?? -1) ? b : a), choice[0])?.session)
  }
  app.tabs.close(session)
}
