import type { Log } from '../log.ts'
import { escapeFormat } from './command.ts'
import { TmuxError } from './errors.ts'
import { isLayout } from './layout.ts'
import type { TmuxServer } from './server.ts'
import { createSession } from './session.ts'

export interface PanePlan {
  /** An absolute path of a folder that is there. */
  cwd: string
  active: boolean
}

export interface WindowPlan {
  name: string
  index: number
  cols: number
  rows: number
  layout: string
  active: boolean
  zoomed: boolean
  autoNamed: boolean
  /** In the order of their indexes; never empty. */
  panes: readonly PanePlan[]
}

export interface SessionPlan {
  name: string
  /** In the order of their indexes; never empty. */
  windows: readonly WindowPlan[]
}

/** What was built. Where a part could not be, the rest is there all the same. */
export interface Rebuilt {
  /** `$1`. */
  id: string
  /** tmux's ids of the panes, `%3`, by window index and place in that window. */
  panes: Map<number, string[]>
  /** Sentences about what is not as it was. */
  faults: string[]
}

/**
 * Creates a session with its windows and panes, a shell in each. Starts a tmux server where none
 * runs. Rejects with a `TmuxError` where the session itself cannot be created; a name that exists
 * is `refused`.
 */
export async function rebuildSession(
  server: TmuxServer,
  { name, windows }: SessionPlan,
  log: Log,
): Promise<Rebuilt> {
  const [first, ...more] = windows
  const folder = first?.panes[0]?.cwd
  if (!first || folder === undefined) throw new TmuxError('refused', [], 'nothing to rebuild')
  const session = await createSession(
    server,
    { name, cwd: folder, window: first.name, cols: first.cols, rows: first.rows },
    log,
  )
  const built: Rebuilt = { id: session.id, panes: new Map(), faults: [] }
  const opened = await answerOf(server, session.id)
  if (opened) {
    await guard(built, `window ${first.name}`, async () => {
      await moveTo(server, session.id, opened, first.index)
      await fill(server, built, first, opened)
    })
  }
  for (const window of more) {
    await guard(built, `window ${window.name}`, async () => {
      const made = await addWindow(server, session.id, {
        name: window.name,
        index: window.index,
        cwd: window.panes[0]?.cwd ?? folder,
      })
      await fill(server, built, window, made)
    })
  }
  const shown = windows.find(({ active }) => active)
  if (shown && more.length > 0) {
    await guard(built, `window ${shown.name}`, () =>
      server.run(['select-window', '-t', `${session.id}:${shown.index}`]),
    )
  }
  return built
}

/** Opens a session in the group of another one (`$1`), whose windows it shares; its id. */
export async function joinGroup(server: TmuxServer, name: string, other: string): Promise<string> {
  const argv = ['new-session', '-d', '-P', '-F', '#{session_id}', '-s', escapeFormat(name)]
  return server.run([...argv, '-t', other], { kind: 'act' })
}

/** A window and the pane in it, in tmux's ids. */
export interface Opened {
  window: string
  pane: string
}

/**
 * Opens a window with a shell in a session (`$1`), behind the one that is shown. `cwd` is a folder
 * that is there. Rejects with a `TmuxError`.
 */
export async function addWindow(
  server: TmuxServer,
  sessionId: string,
  { name, index, cwd }: { name: string; index?: number; cwd: string },
): Promise<Opened> {
  const target = `${sessionId}:${index ?? ''}`
  const argv = ['new-window', '-d', '-P', '-F', '#{window_id} #{pane_id}', '-t', target]
  const answer = await server.run([...argv, '-n', escapeFormat(name), '-c', escapeFormat(cwd)], {
    kind: 'act',
  })
  const [window = '', pane = ''] = answer.split(' ')
  return { window, pane }
}

async function answerOf(server: TmuxServer, sessionId: string): Promise<Opened | undefined> {
  const format = '#{window_id} #{pane_id}'
  const [line = ''] = (
    await server.run(['list-panes', '-s', '-t', `${sessionId}:`, '-F', format])
  ).split('\n')
  const [window, pane] = line.split(' ')
  return window && pane ? { window, pane } : undefined
}

/** A new session's first window gets the index that its user counts from, which may have changed. */
async function moveTo(
  server: TmuxServer,
  sessionId: string,
  { window }: Opened,
  index: number,
): Promise<void> {
  const now = await server.run(['display-message', '-p', '-t', window, '#{window_index}'])
  if (Number(now) === index) return
  await server.run(['move-window', '-d', '-s', window, '-t', `${sessionId}:${index}`])
}

async function fill(
  server: TmuxServer,
  built: Rebuilt,
  window: WindowPlan,
  { window: id, pane: first }: Opened,
): Promise<void> {
  const panes = [first]
  built.panes.set(window.index, panes)
  for (const { cwd } of window.panes.slice(1)) {
    const last = panes.at(-1) ?? first
    // The last pane is split, or the order turns round; evened out, or there is no room for more.
    const argv = ['split-window', '-d', '-P', '-F', '#{pane_id}', '-t', last]
    panes.push(await server.run([...argv, '-c', escapeFormat(cwd)], { kind: 'act' }))
    await server.run(['select-layout', '-t', id, 'tiled'])
  }
  if (panes.length > 1) {
    await guard(built, `the layout of ${window.name}`, async () => {
      if (!isLayout(window.layout)) throw new TmuxError('refused', [], 'no layout of tmux')
      await server.run(['select-layout', '-t', id, window.layout])
    })
    const at = window.panes.findIndex(({ active }) => active)
    const shown = panes[at]
    if (shown) await server.run(['select-pane', '-t', shown])
    if (shown && window.zoomed) await server.run(['resize-pane', '-Z', '-t', shown])
  }
  // A name given at the start turns tmux's own naming off.
  if (window.autoNamed) await server.run(['set-option', '-wu', '-t', id, 'automatic-rename'])
}

/** One part that fails leaves the others alone. */
async function guard(built: Rebuilt, what: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof TmuxError)) throw error
    built.faults.push(`${what}: ${error.stderr.trim().slice(0, 200) || error.code}`)
  }
}
