import { render } from 'solid-js/web'
import { App } from './App.tsx'
import './state/settings.ts'
import { openEarlySocket } from './state/early-socket.ts'
import { startPairing } from './state/pairing.ts'
import { startWorker } from './state/worker.ts'
import { preloadFont } from './terminal/preload-font.ts'
import './style/tokens.css'
import './style/base.css'
import './style/shell.css'
import './style/rail.css'
import './style/bottom-nav.css'
import './style/agents.css'
import './style/attention.css'
import './style/stage.css'
import './style/card.css'

// Before anything is drawn: the ticket leaves the address in the first task of the page.
startPairing()

const root = document.getElementById('root')
if (!root) throw new Error('invariant: index.html has a #root')
openEarlySocket()
render(() => <App />, root)
if (location.pathname.startsWith('/s/')) setTimeout(fetchTerminal, 0)

// After the page is there: what it keeps is for the next time. Vite's own server builds none.
if (import.meta.env.PROD) window.addEventListener('load', () => void startWorker())

/**
 * What a session's page needs next, before the list is known: its terminal's code and letters. In
 * a task of its own, behind the request for the sockets' tickets: a browser has six connections,
 * and on a thin line that one would wait for all of these.
 */
function fetchTerminal(): void {
  preloadFont()
  import('./terminal/Terminal.tsx').catch(() => {
    // Asked for again where it is drawn, which is where a failure is shown.
  })
}
