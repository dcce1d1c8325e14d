import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { atExit } from './leftovers.ts'

/** Why no file system can be mounted here; undefined where one can. */
export const noSmallDisk =
  process.platform === 'linux' && process.getuid?.() === 0 && canMount()
    ? undefined
    : 'mounting a small disk needs root on Linux'

/** Puts a disk of so many megabytes at `path`, which a test may fill. */
export function smallDisk(path: string, megabytes: number) {
  mkdirSync(path, { recursive: true, mode: 0o700 })
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=700`, 'tmpfs', path])
  // Lazily: a test that fails may leave files open on it.
  const remove = () => void execFileSync('umount', ['-l', path])
  const keep = atExit(remove)
  const filler = join(path, 'filler')
  return {
    /** Takes all the room there is but so many bytes. */
    fill(leave = 0) {
      const { bavail, bsize } = statfsSync(path)
      writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - leave)))
    },
    clear: () => rmSync(filler, { force: true }),
    async [Symbol.asyncDispose]() {
      keep()
      remove()
    },
  }
}

function canMount(): boolean {
  const path = mkdtempSync(join(tmpdir(), 'dogwatch-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', path], { stdio: 'ignore' })
    execFileSync('umount', [path])
    return true
  } catch {
    // Root of a container, for example.
    return false
  } finally {
    rmdirSync(path)
  }
}
