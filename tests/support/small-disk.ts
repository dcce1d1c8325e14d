import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdirSync, mkdtempSync, rmdirSync, rmSync, statfsSync } from 'node:fs'
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
    /** Takes all the room there is but so many bytes, whatever others write or remove meanwhile. */
    fill(leave = 0) {
      const excess = () => {
        const { bavail, bsize } = statfsSync(path)
        return bavail * bsize - leave
      }
      for (let bytes = excess(); bytes > 0; bytes = excess()) {
        try {
          appendFileSync(filler, Buffer.alloc(bytes))
        } catch (error) {
          // Somebody was faster: what there was is taken all the same.
          if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
        }
      }
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
