import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ADAPTERS } from '../agents/index.ts'
import type { ProgramsResponse } from '../protocol.ts'

type Found = ProgramsResponse['programs']

/** Programs are installed seldom, and dialogs opened often (milliseconds). */
const KEEP_MS = 10_000

/** Where installers put programs that only a login shell has in its PATH. */
const HOME_FOLDERS = ['.local/bin', 'bin']

/**
 * The way to ask which agents can be started here. Looks for their files in the PATH and runs none
 * of them.
 */
export function makePrograms(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  now: () => number = () => performance.now(),
): () => Promise<Found> {
  let held: { at: number; found: Promise<Found> } | undefined
  return () => {
    if (!held || now() - held.at > KEEP_MS) held = { at: now(), found: find(environment) }
    return held.found
  }
}

async function find(environment: Readonly<Record<string, string | undefined>>): Promise<Found> {
  const { PATH = '', HOME } = environment
  const folders = PATH.split(':').filter((folder) => folder.startsWith('/'))
  if (HOME) folders.push(...HOME_FOLDERS.map((folder) => join(HOME, folder)))
  const found = await Promise.all(
    ADAPTERS.map(async ({ kind, program }) => {
      if (program === undefined) return []
      for (const folder of folders) {
        const path = join(folder, program)
        if (await isProgram(path)) return [{ kind, path }]
      }
      return []
    }),
  )
  return found.flat()
}

async function isProgram(path: string): Promise<boolean> {
  try {
    if (!(await stat(path)).isFile()) return false
    await access(path, constants.X_OK)
    return true
  } catch {
    // Not there, or not for us: not a program that can be started.
    return false
  }
}
