import { askAhead } from './state/dial.ts'
import { openEarlySocket } from './state/early-socket.ts'
import { startPairing } from './state/pairing.ts'
import { token } from './state/token.ts'
import { preloadFont } from './terminal/preload-font.ts'

/**
 * What need not wait for the page's code, which is most of a second on a thin line: it is on its
 * way already (`vite.config.ts` names it in index.html) while this asks for what will be shown.
 */

// Before anything is drawn: the ticket leaves the address in the first task of the page.
startPairing()

const isSession = location.pathname.startsWith('/s/')
if (token() !== undefined) {
  askAhead(isSession ? 2 : 1)
  if (isSession) openEarlySocket()
}
void import('./page.tsx').then(({ showPage }) => showPage())
// In a task of its own, behind the request for the tickets: a browser has six connections, and on
// a thin line that one would wait for all of these.
if (isSession) setTimeout(fetchTerminal, 0)

/** What a session's page needs next, before the list is known: its terminal's code and letters. */
function fetchTerminal(): void {
  preloadFont()
  import('./terminal/Terminal.tsx').catch(() => {
    // Asked for again where it is drawn, which is where a failure is shown.
  })
}
