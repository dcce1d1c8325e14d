import { render } from 'solid-js/web'
import { App } from './App.tsx'
import './state/settings.ts'
import { startPairing } from './state/pairing.ts'
import { startWorker } from './state/worker.ts'
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

// The largest part of the page that opens with a session: on its way before the list is known.
if (location.pathname.startsWith('/s/')) {
  import('./terminal/Terminal.tsx').catch(() => {
    // Asked for again where it is drawn, which is where a failure is shown.
  })
}

const root = document.getElementById('root')
if (!root) throw new Error('invariant: index.html has a #root')
render(() => <App />, root)

// After the page is there: what it keeps is for the next time. Vite's own server builds none.
if (import.meta.env.PROD) window.addEventListener('load', () => void startWorker())
