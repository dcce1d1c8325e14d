import type { State } from './feed-log.ts'

/** What became of one phase of one agent. */
export interface Row {
  kind: string
  version: string
  hooks: boolean
  phase: string
  /** What was true. */
  expected: readonly State[]
  /** What the feed said in the end, and by which source; absent where it said nothing in time. */
  state?: State
  source?: string
  /** From the act to the feed. */
  seconds?: number
  /** From the agent's own first sign on its screen to the feed; below 0: we were first. */
  afterScreen?: number
  notes: readonly string[]
  verdict: Verdict
}

/**
 * `ok`; `late`: right, but later than the budget; `miss`: another state, or a wrong one for more
 * than 2 s in between; `none`: this agent has no such phase.
 */
export type Verdict = 'ok' | 'late' | 'miss' | 'none'

/** Name of the attachment by which a test hands its rows to the reporter. */
export const ROWS_ATTACHMENT = 'rows'

/** The rows as a Markdown table. */
export function tableOf(rows: readonly Row[]): string {
  const head = ['agent', 'hooks', 'phase', 'state', 'source', 's', 'after screen', '', 'notes']
  const lines = rows.map((row) => [
    `${row.kind} ${row.version}`,
    row.hooks ? 'yes' : 'no',
    row.phase,
    row.state ?? '–',
    row.source ?? '–',
    row.seconds?.toFixed(1) ?? '–',
    row.afterScreen?.toFixed(1) ?? '',
    row.verdict,
    [...(row.verdict === 'miss' ? [`expected ${row.expected.join(' or ')}`] : []), ...row.notes]
      .join('; ')
      .replaceAll('|', '\\|'),
  ])
  const all = [head, head.map(() => '---'), ...lines]
  return all.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}
