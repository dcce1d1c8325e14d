import { type Row, ratioOfRow, verdictOf } from './row.ts'

/** Three significant figures, without an exponent; what could not be reached stays a word. */
export function figure(value: number | undefined): string {
  if (value === undefined) return '-'
  if (value === Number.POSITIVE_INFINITY) return 'never'
  if (!Number.isFinite(value)) return String(value)
  const size = Math.abs(value)
  if (Number.isInteger(value) || size >= 100) return String(Math.round(value))
  return value.toFixed(size >= 10 ? 1 : 2)
}

function budgetText(row: Row): string {
  if (!row.budget) return '-'
  return row.budget.of === 'ratio' ? `<= ${row.budget.max}x` : `<= ${figure(row.budget.max)}`
}

/** The report for a terminal: one line per row, columns aligned, notes below. */
export function tableOf(rows: readonly Row[]): string {
  const cells = rows.map((row) => {
    const ratio = ratioOfRow(row)
    return [
      row.name,
      `${figure(row.value)} ${row.unit}`,
      row.floor ? `${figure(row.floor.value)} (${row.floor.name})` : '-',
      ratio === undefined ? '-' : `${figure(ratio)}x`,
      budgetText(row),
      verdictOf(row),
    ]
  })
  const head = ['row', 'value', 'floor', 'ratio', 'budget', '']
  const widths = head.map((title, column) =>
    Math.max(title.length, ...cells.map((row) => row[column]?.length ?? 0)),
  )
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()
  const notes = rows.filter((row) => row.note).map((row) => `  ${row.name}: ${row.note}`)
  return [
    line(head),
    line(widths.map((width) => '-'.repeat(width))),
    ...cells.map(line),
    ...(notes.length > 0 ? ['', ...notes] : []),
    '',
  ].join('\n')
}
