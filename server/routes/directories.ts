import { readdir, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { basename, dirname, isAbsolute, join } from 'node:path'
import { Hono } from 'hono'
import type { Env } from '../core/caller.ts'
import { Failure } from '../core/failure.ts'
import { expandHome } from '../core/folder.ts'
import type { DirectoriesResponse } from '../protocol.ts'

const MAX_DIRECTORIES = 50
const MAX_PATH = 4_096

/** `GET /api/directories?path=`: the folders a path can be completed to. Looks only, never fails on one. */
export function directoryRoutes() {
  return new Hono<Env>().get('/api/directories', async (c) => {
    const asked = c.req.query('path') ?? ''
    if (asked.length > MAX_PATH || asked.includes('\0')) {
      throw new Failure('bad-request', '"path" is not a path.')
    }
    const path = asked === '~' || asked === '' ? `${homedir()}/` : expandHome(asked)
    if (!isAbsolute(path)) {
      throw new Failure('bad-request', 'The folder must be an absolute path, or begin with "~/".')
    }
    const base = path.endsWith('/') ? path : `${dirname(path)}/`
    const answer = await complete(base, path.endsWith('/') ? '' : basename(path))
    return c.json(answer satisfies DirectoriesResponse)
  })
}

async function complete(base: string, start: string): Promise<DirectoriesResponse> {
  // Missing, closed, not a folder: there is nothing to offer.
  const entries = await readdir(base, { withFileTypes: true }).catch(() => [])
  const fits = entries
    .filter(({ name }) => name.startsWith(start))
    // Hidden folders only where one is asked for.
    .filter(({ name }) => !name.startsWith('.') || start.startsWith('.'))
    .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
    .sort((a, b) => a.name.localeCompare(b.name))
  const directories: string[] = []
  for (const entry of fits) {
    if (directories.length > MAX_DIRECTORIES) break
    const path = join(base, entry.name)
    if (entry.isDirectory() || (await isFolder(path))) directories.push(path)
  }
  return {
    base,
    directories: directories.slice(0, MAX_DIRECTORIES),
    truncated: directories.length > MAX_DIRECTORIES,
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory()
  } catch {
    // A dangling link, or one into a closed folder.
    return false
  }
}
