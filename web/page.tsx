import { render } from 'solid-js/web'
import { App } from './App.tsx'
import './state/settings.ts'
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
import '@xterm/xterm/css/xterm.css'
import './style/terminal.css'
import './style/dock-parts.css'
import './style/composer.css'

/** What the worker keeps is for the next time: until then the line is this page's; milliseconds. */
const WORKER_AFTER_MS = 3_000

/** Draws the page; the first thing of its code that runs. */
export function showPage(): void {
  const root = document.getElementById('root')
  if (!root) throw new Error('invariant: index.html has a #root')
  render(() => <App />, root)
  // Vite's own server builds no worker.
  if (import.meta.env.PROD) setTimeout(() => void startWorker(), WORKER_AFTER_MS)
}
