import { chmodSync, lstatSync, mkdirSync, readdirSync, statfsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** A folder of ours cannot be used; the message names it and says what to do. */
export class FolderError extends Error {
  override name = 'FolderError'
  constructor(
    readonly folder: string,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(`${folder} ${reason}`, options)
  }
}

/** A file that shows that a folder was made by us, so that tightening its mode surprises nobody. */
const MARK = 'lock.db'

/** File system types (statfs) without the shared memory that a WAL database needs. */
const NETWORK_TYPES = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB2'],
])

/**
 * Makes the data folder, 0700 with files of 0600, or throws `FolderError`: not ours, not writable,
 * open to others while it holds what is not ours, or on a network file system.
 */
export function prepareDataFolder(folder: string): void {
  make(folder)
  const { mode } = ownFolder(folder)
  const names = readdirSync(folder)
  if ((mode & 0o077) !== 0 && names.length > 0 && !names.includes(MARK)) {
    throw new FolderError(
      folder,
      'is open to other users and holds other things: choose an empty folder with --data-dir, or chmod it to 700',
    )
  }
  tighten(folder)
  for (const name of names) {
    const file = join(folder, name)
    const entry = lstatSync(file)
    if (entry.isFile() && (entry.mode & 0o077) !== 0) chmodSync(file, 0o600)
  }
  const network = NETWORK_TYPES.get(statfsSync(folder).type >>> 0)
  if (network) {
    throw new FolderError(
      folder,
      `is on a network file system (${network}), where a database is not safe: choose a local folder with --data-dir`,
    )
  }
}

/** Makes the folder for sockets, 0700 like every folder of ours above it, or throws `FolderError`. */
export function prepareRunFolder(folder: string): void {
  // In a shared /tmp somebody else can have made the parent first, so that one is looked at too.
  const parent = dirname(folder)
  make(folder)
  if (/^dogwatch/.test(parent.slice(dirname(parent).length + 1))) {
    ownFolder(parent)
    tighten(parent)
  }
  ownFolder(folder)
  tighten(folder)
}

function make(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error'
    throw new FolderError(
      folder,
      `cannot be created (${code}): choose a folder you may write with --data-dir`,
      { cause },
    )
  }
}

function ownFolder(folder: string): { mode: number } {
  const entry = lstatSync(folder)
  if (!entry.isDirectory() && !entry.isSymbolicLink()) {
    throw new FolderError(folder, 'is not a folder: choose another with --data-dir')
  }
  if (entry.isSymbolicLink() || entry.uid !== process.getuid?.()) {
    throw new FolderError(folder, 'does not belong to you: choose another with --data-dir')
  }
  return { mode: entry.mode }
}

function tighten(folder: string): void {
  try {
    if ((lstatSync(folder).mode & 0o777) !== 0o700) chmodSync(folder, 0o700)
  } catch (cause) {
    throw new FolderError(folder, 'cannot be made private: choose another with --data-dir', {
      cause,
    })
  }
}
