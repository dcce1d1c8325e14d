import { diffArrays } from 'diff'
import type { Database } from '../../db/open.ts'
import {
  getSnapshot,
  lastSnapshot,
  type SnapshotFacts,
  type SnapshotRow,
  turnSnapshots,
} from '../../db/snapshots.ts'
import type {
  ScreenResponse,
  SnapshotResponse,
  SnapshotView,
  TextChange,
  TurnTextResponse,
} from '../protocol.ts'
import { plain } from '../tmux/styled.ts'
import { unpack } from './snapshot-content.ts'
import { TurnText } from './turn-text.ts'

/** Snapshots of a turn that are in memory at the same time. */
const PAGE = 20
/** Two screens that differ by more lines are shown as one removed and one added. */
const MAX_EDITS = 2_000

/** As pages see it. */
export function snapshotView(row: SnapshotFacts): SnapshotView {
  return {
    id: `${row.number}`,
    agent: row.agent,
    generation: row.generation,
    at: row.at,
    seenAt: row.seenAt,
    reason: row.reason,
    activity: row.activity,
    cols: row.cols,
    rows: row.rows,
    lines: row.lines,
    bytes: row.bytes,
    ...(row.head === null ? {} : { head: row.head }),
    ...(row.changes === null ? {} : { changes: row.changes }),
  }
}

/** A snapshot with all that it shows. */
export async function readSnapshot(row: SnapshotRow): Promise<SnapshotResponse> {
  const { screen, scrollback, cursor, alternate, title, cwd, transcriptAt } = await unpack(
    row.content,
  )
  return {
    snapshot: snapshotView(row),
    screen: screen.join('\n'),
    scrollback: scrollback.join('\n'),
    cut: row.cut,
    cursor,
    alternate,
    title,
    cwd,
    ...(transcriptAt === undefined ? {} : { transcriptAt }),
  }
}

/** What two screens have in common and what not, as plain lines. */
export async function compareSnapshots(from: SnapshotRow, to: SnapshotRow): Promise<TextChange[]> {
  const [older, newer] = (await Promise.all([unpack(from.content), unpack(to.content)])).map(
    ({ screen }) => screen.map(plain),
  )
  return changesBetween(older ?? [], newer ?? [])
}

/** Lines that stay, go and come, in order; bounded, so that no two texts can hold us up. */
export function changesBetween(older: string[], newer: string[]): TextChange[] {
  const changes = diffArrays(older, newer, { maxEditLength: MAX_EDITS })
  if (!changes) {
    return [
      { type: 'removed', lines: older },
      { type: 'added', lines: newer },
    ]
  }
  return changes.map(({ added, removed, value }) => ({
    type: added ? 'added' : removed ? 'removed' : 'same',
    lines: value,
  }))
}

/** All that a turn showed; undefined where nothing is remembered of it. */
export async function readTurnText(
  db: Database,
  agent: string,
  generation: number,
): Promise<TurnTextResponse | undefined> {
  const text = new TurnText()
  let after = 0
  for (;;) {
    const rows = turnSnapshots(db, agent, generation, { after, limit: PAGE })
    for (const row of rows) {
      text.add({ total: row.total, lines: row.lines, content: await unpack(row.content) })
      after = row.number
    }
    if (rows.length < PAGE) break
  }
  return after === 0 ? undefined : { agent, generation, ...text.end() }
}

/** The last that is remembered of an agent's pane, where it cannot be looked at any more. */
export async function lastScreen(
  db: Database,
  agent: string,
  format: 'plain' | 'ansi',
): Promise<ScreenResponse | undefined> {
  const last = lastSnapshot(db, agent)
  const row = last && getSnapshot(db, last)
  if (!row) return undefined
  const { screen, cursor, alternate } = await unpack(row.content)
  const lines = format === 'ansi' ? screen : screen.map(plain)
  const { cols, rows, seenAt } = row
  return {
    cols,
    rows,
    cursor,
    text: lines.join('\n'),
    alternate,
    mouse: false,
    rememberedAt: seenAt,
  }
}
