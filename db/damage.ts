import { copyFileSync, existsSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { type Backup, checkCopy, sync } from './backup.ts'

/** Damaged files that are kept for whoever wants to mend them, the newest. */
const KEEP = 3
const MARK = '.damaged-'

/**
 * Renames a damaged database, with its log, because either may hold what the other lacks. The log
 * goes first: left alone beside a restored file it would be played into that. Returns the new name.
 */
export function setAside(file: string): string {
  const aside = `${file}${MARK}${new Date().toISOString().replaceAll(':', '')}`
  for (const suffix of ['-wal', '-shm', '']) {
    if (existsSync(file + suffix)) renameSync(file + suffix, aside + suffix)
  }
  forgetOldest(file)
  return aside
}

/** Puts the newest backup that is whole in the database's place; undefined where none is. */
export function restoreNewest(file: string, backups: readonly Backup[]): Backup | undefined {
  const part = `${file}.part`
  for (const backup of backups) {
    try {
      checkCopy(backup.file)
      copyFileSync(backup.file, part)
      sync(part)
      renameSync(part, file)
      sync(dirname(file))
      return backup
    } catch {
      // Damaged as well, or gone: an older one may be better, and the caller says what was found.
      rmSync(part, { force: true })
    }
  }
  return undefined
}

function forgetOldest(file: string): void {
  const prefix = `${basename(file)}${MARK}`
  const sets = readdirSync(dirname(file))
    .filter((name) => name.startsWith(prefix) && !/-(?:wal|shm)$/.test(name))
    .sort()
  for (const name of sets.slice(0, -KEEP)) {
    for (const suffix of ['', '-wal', '-shm']) {
      rmSync(join(dirname(file), name + suffix), { force: true })
    }
  }
}
