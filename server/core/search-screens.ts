import type { TermFinder } from '../lib/terms.ts'
import { TmuxError } from '../tmux/errors.ts'
import { findPanes } from '../tmux/find.ts'
import { readScreen } from '../tmux/screen.ts'
import type { TmuxServer } from '../tmux/server.ts'
import { redactScreen } from './redact-screen.ts'
import type { Registry } from './registry.ts'
import { Slots } from './slots.ts'

/** Screens that are captured for one search, and at the same time; lines of one that are told. */
const SCREENS_MAX = 24
const AT_ONCE = 4
const LINES_MAX = 3

/** A screen that shows all terms, with the lines that do. */
export interface FoundScreen {
  /** Our id of the pane. */
  pane: string
  /** Name of its session. */
  session: string
  agent?: string
  cwd: string
  lines: { line: number; text: string }[]
}

/**
 * Looks at the screens of now, by asking tmux itself which of them may show the longest term. None
 * is looked at between searches. A server that does not answer is left out.
 */
export async function searchScreens(
  registry: Registry,
  terms: readonly string[],
  finder: TermFinder,
): Promise<FoundScreen[]> {
  const [longest = ''] = [...terms].sort((a, b) => b.length - a.length)
  const found = await Promise.all(
    registry.servers().map(async ({ id }) => {
      const server = registry.server(id)
      return server ? searchServer(registry, server, longest, finder) : []
    }),
  )
  return found.flat()
}

async function searchServer(
  registry: Registry,
  server: TmuxServer,
  term: string,
  finder: TermFinder,
): Promise<FoundScreen[]> {
  const slots = new Slots(AT_ONCE)
  try {
    const ids = new Set(await findPanes(server, term))
    const panes = new Map(
      registry
        .sessions()
        .filter((session) => session.server === server.id)
        .flatMap(({ name, windows }) =>
          windows.flatMap((window) => window.panes.map((pane) => ({ session: name, pane }))),
        )
        .filter(({ pane }) => ids.has(pane.tmuxId))
        .map((place) => [place.pane.id, place]),
    )
    const looked = [...panes.values()].slice(0, SCREENS_MAX).map(({ session, pane }) =>
      slots.run(async (): Promise<FoundScreen[]> => {
        const screen = await readScreen(server, pane.tmuxId, 'plain')
        const lines = screen ? linesOf(screen.text, finder) : []
        if (lines.length === 0) return []
        const agent = pane.agent === undefined ? {} : { agent: pane.agent }
        return [{ pane: pane.id, session, ...agent, cwd: pane.cwd, lines }]
      }),
    )
    return (await Promise.all(looked)).flat()
  } catch (error) {
    // A pane or server that has just gone, or a tmux that hangs: both are told elsewhere.
    if (error instanceof TmuxError) return []
    throw error
  }
}

/** What a search tells leaves us like any other text, so it finds only what is left of secrets. */
function linesOf(text: string, finder: TermFinder): { line: number; text: string }[] {
  const rows = redactScreen(text.split('\n').map((row) => row.trimEnd()))
  return rows
    .map((row, line) => ({ line, text: row }))
    .filter((row) => finder.inLine(row.text))
    .slice(0, LINES_MAX)
}
