import { constants } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'

/** Files of git that lead to others hold one path. */
const POINTER_BYTES = 8_192

/** Where a worktree and its repository lie; absolute paths as they are, not redacted. */
export interface GitPlace {
  /** The worktree's top folder. */
  worktree: string
  /** The main worktree's folder. */
  repository: string
  linked: boolean
  /** The folder with this worktree's own index and HEAD. */
  gitDir: string
}

/**
 * The worktree that a folder lies in, found as git finds it (gitrepository-layout(5)) but without
 * starting one; `gone` where the folder is no more, undefined where no repository is.
 */
export async function findWorktree(folder: string): Promise<GitPlace | 'gone' | undefined> {
  if (!(await isFolder(folder))) return 'gone'
  for (let top = resolve(folder); ; top = dirname(top)) {
    const gitDir = await gitDirOf(top)
    if (gitDir !== undefined) return placeOf(top, gitDir)
    if (dirname(top) === top) return undefined
  }
}

/**
 * Changes with every commit, checkout, merge and `git add` of a worktree, for four looks at the
 * file system. Edits of files do not show in it.
 */
export async function signatureOf({ gitDir }: GitPlace): Promise<string> {
  const names = ['index', 'HEAD', 'logs/HEAD', 'FETCH_HEAD']
  const facts = await Promise.all(
    names.map((name) =>
      stat(join(gitDir, name), { bigint: true }).then(
        ({ ino, size, mtimeNs }) => `${ino} ${size} ${mtimeNs}`,
        () => '',
      ),
    ),
  )
  return facts.join('\n')
}

async function gitDirOf(top: string): Promise<string | undefined> {
  const path = join(top, '.git')
  // A folder of this name without a HEAD is no repository: git looks further up, too.
  if (await isFolder(path)) return (await exists(join(path, 'HEAD'))) ? path : undefined
  const [, target] = /^gitdir: (.+)$/m.exec((await readPointer(path)) ?? '') ?? []
  return target === undefined ? undefined : resolve(top, target)
}

async function placeOf(worktree: string, gitDir: string): Promise<GitPlace> {
  const common = (await readPointer(join(gitDir, 'commondir')))?.trim()
  if (common === undefined) return { worktree, repository: worktree, linked: false, gitDir }
  const commonDir = resolve(gitDir, common)
  const repository = basename(commonDir) === '.git' ? dirname(commonDir) : commonDir
  return { worktree, repository, linked: true, gitDir }
}

/** A small plain file; undefined where it is none. Never waits, whatever lies there. */
async function readPointer(path: string): Promise<string | undefined> {
  const flags = constants.O_RDONLY | constants.O_NONBLOCK
  // Absent, or not to be read: there is no pointer for us.
  const file = await open(path, flags).catch(() => undefined)
  if (!file) return undefined
  try {
    const facts = await file.stat()
    if (!facts.isFile()) return undefined
    const { buffer, bytesRead } = await file.read(Buffer.alloc(POINTER_BYTES), 0, POINTER_BYTES, 0)
    return buffer.toString('utf8', 0, bytesRead)
  } finally {
    await file.close()
  }
}

function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (facts) => facts.isDirectory(),
    () => false,
  )
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
