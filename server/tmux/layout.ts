import { readRecords } from './format.ts'
import type { TmuxServer } from './server.ts'

/** How a window is divided, in tmux's own words, and whether tmux names it after its program. */
export interface WindowLayout {
  layout: string
  autoNamed: boolean
}

const LIST_LAYOUTS: readonly string[] = [
  'list-windows',
  '-a',
  '-F',
  '#{window_id} #{window_layout} #{automatic-rename}',
]

/** A layout as tmux writes it: a checksum, sizes and nesting, and nothing that could be a word. */
export function isLayout(text: string): boolean {
  return /^[0-9a-f]{4},[\d,x[\]{}]{1,8000}$/.test(text)
}

/** Layouts of all windows, by tmux's id (`@2`). Rejects with a `TmuxError`. */
export async function readLayouts(server: TmuxServer): Promise<Map<string, WindowLayout>> {
  const output = await server.run(LIST_LAYOUTS)
  const records = readRecords(output, { plain: 3, text: 0, start: /^@\d+ / })
  return new Map(
    records.map(({ plain: [id = '', layout = '', named] }) => [
      id,
      { layout, autoNamed: named === '1' },
    ]),
  )
}

/**
 * The plugin that brings sessions back by itself, as its own options tell: tmux-resurrect sets
 * `@resurrect-...` when it is loaded, tmux-continuum restores where `@continuum-restore` is on.
 */
export async function readRestorer(
  server: TmuxServer,
): Promise<'resurrect' | 'continuum' | undefined> {
  const options = await server.run(['show-options', '-g'])
  if (/^@continuum-restore "?on"?$/m.test(options)) return 'continuum'
  return /^@(resurrect|continuum)-/m.test(options) ? 'resurrect' : undefined
}
