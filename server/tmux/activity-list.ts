/** One pane in the poll for output. */
export interface PaneActivity {
  id: string
  window: string
  /** Changes with every line and every move of the cursor. */
  mark: string
  /** Epoch seconds of the last output in the window, in any of its panes. */
  activeAt: string
}

/** The cheapest listing that shows who printed: no text, no look at any process. */
export const LIST_ACTIVITY: readonly string[] = [
  'list-panes',
  '-a',
  '-F',
  '#{pane_id} #{window_id} #{window_activity} #{history_size},#{cursor_x},#{cursor_y},#{alternate_on}',
]

/** Reads the output of `LIST_ACTIVITY`: pane id to its activity. */
export function parseActivity(output: string): Map<string, PaneActivity> {
  const panes = new Map<string, PaneActivity>()
  for (const line of output.split('\n')) {
    const [id = '', window = '', activeAt = '', mark = ''] = line.split(' ')
    if (mark !== '') panes.set(id, { id, window, mark, activeAt })
  }
  return panes
}
