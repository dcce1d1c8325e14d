import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'

/**
 * Says beside a database that it was closed in order, and how it looked then: whoever finds the
 * mark need not read the whole file to trust it. A file that somebody changed since has no mark.
 */
export function leaveCleanMark(database: string): void {
  writeFileSync(markOf(database), lookOf(database), { mode: 0o600 })
}

/** Takes the mark away; whether it was there and true. */
export function takeCleanMark(database: string): boolean {
  const mark = markOf(database)
  try {
    const was = readFileSync(mark, 'utf8')
    rmSync(mark)
    return was === lookOf(database)
  } catch {
    // No mark: we were killed, or this is the first start.
    return false
  }
}

function lookOf(database: string): string {
  const { size, mtimeMs } = statSync(database)
  return `${size} ${mtimeMs}\n`
}

function markOf(database: string): string {
  return `${database}.clean`
}
