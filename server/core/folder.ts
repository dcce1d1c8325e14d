import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { isAbsolute, normalize } from 'node:path'
import { Failure } from './failure.ts'

/** `~` and `~/x` as the shell reads them; `~name` stays as it is. */
export function expandHome(path: string): string {
  return path === '~' || path.startsWith('~/') ? `${homedir()}${path.slice(1)}` : path
}

/**
 * The absolute path of a folder in which a program can start. tmux starts it elsewhere without a
 * word when the folder is missing or closed, so that is said here.
 */
export async function readFolder(path: string): Promise<string> {
  const expanded = expandHome(path)
  if (expanded.includes('\0') || !isAbsolute(expanded)) {
    throw new Failure('bad-request', 'The folder must be an absolute path, or begin with "~/".')
  }
  const folder = normalize(expanded)
  try {
    if (!(await stat(folder)).isDirectory()) {
      throw new Failure('bad-request', `${folder} is not a folder.`)
    }
    await access(folder, constants.X_OK)
    return folder
  } catch (error) {
    if (error instanceof Failure) throw error
    const { code } = error as NodeJS.ErrnoException
    const message =
      code === 'EACCES'
        ? `The folder ${folder} may not be entered by this user.`
        : `The folder ${folder} does not exist.`
    throw new Failure('bad-request', message, { cause: error })
  }
}
