import { readdir } from 'node:fs/promises'
import { parseSpoolName } from './spool-file.ts'

/**
 * Names of the files in a folder of the spool, and with each of them all that were left before it. A
 * folder that grows while it is read may tell of a name without one that came before (ext4 lists by
 * hash: 28 of 32,000 readings beside a busy writer). Whatever was there when a first reading ended
 * is told by a second, of which only what is no later than the latest of the first is taken.
 */
export async function namesThatWait(folder: string): Promise<string[]> {
  const first = await readdir(folder)
  if (first.length === 0) return first
  const latest = first.map(timeOf).sort().at(-1) ?? ''
  const known = new Set(first)
  const second = await readdir(folder)
  return second.filter((name) => known.has(name) || timeOf(name) <= latest)
}

/** Nanoseconds since 1970 as they stand in the name; empty where none do. */
function timeOf(name: string): string {
  return parseSpoolName(name)?.nanos ?? ''
}
