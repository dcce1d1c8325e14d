import type { TestInfo } from 'playwright/test'

/** One line of the report. */
export interface Row {
  /** Group (the file's name) and what is measured, for example `echo.p50`. Stable between runs. */
  id: string
  /** What a person reads. */
  name: string
  unit: 'ms' | 's' | 'MB' | 'KB' | '% of a core' | 'count' | 'x'
  value: number
  /** The same thing without dogwatch, or with the least that could do it, measured in the same run. */
  floor?: { name: string; value: number }
  /** Value over floor. Given where it was taken round by round; else it follows from the two. */
  ratio?: number
  /** What must hold: of the value in its unit, or of the ratio. */
  budget?: { of: 'value' | 'ratio'; max: number }
  /** What a reader must know to judge the figure. */
  note?: string
}

export type Verdict = 'pass' | 'over' | 'info'

/** Value over floor, where there is a floor. */
export function ratioOfRow(row: Row): number | undefined {
  if (row.ratio !== undefined) return row.ratio
  return row.floor && row.floor.value > 0 ? row.value / row.floor.value : undefined
}

/** `info` where the row has no budget; a figure that is not finite never passes. */
export function verdictOf(row: Row): Verdict {
  if (!row.budget) return 'info'
  const measured = row.budget.of === 'value' ? row.value : ratioOfRow(row)
  return measured !== undefined && measured <= row.budget.max ? 'pass' : 'over'
}

/** Name and type by which the reporter knows a row among a test's attachments. */
export const ROW_ATTACHMENT = 'bench-row'

/** Hands a row to the reporter, in this process or another. */
export async function report(testInfo: TestInfo, row: Row): Promise<void> {
  await testInfo.attach(ROW_ATTACHMENT, {
    // JSON knows no Infinity and no NaN; a string says which of them it was.
    body: JSON.stringify(row, (_key, value: unknown) =>
      typeof value === 'number' && !Number.isFinite(value) ? String(value) : value,
    ),
    contentType: 'application/json',
  })
}

/** `full` normally, `quick` under `--quick`. */
export function sized<T>(full: T, quick: T): T {
  return process.env.DOGWATCH_BENCH_QUICK === '1' ? quick : full
}
