import { execFile } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { RealAgent } from './kinds.ts'

const execute = promisify(execFile)

/** Longest that npm may take for one agent; they have up to 400 MB (milliseconds). */
const INSTALL_MS = 10 * 60_000

/** Where agents are installed once for all runs, outside of any clone. */
export function cacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'dogwatch-agents')
}

/** The folder that holds the program of this agent, or the reason why there is none. */
export async function installAgent(
  { package: name, bin }: RealAgent,
  version: string,
): Promise<{ folder: string } | { reason: string }> {
  const prefix = join(cacheFolder(), `${bin}-${version}`)
  const folder = join(prefix, 'node_modules', '.bin')
  if (existsSync(join(folder, bin))) return { folder }
  mkdirSync(prefix, { recursive: true })
  const flags = ['--no-audit', '--no-fund', '--loglevel=error', '--save-exact']
  try {
    await execute('npm', ['install', '--prefix', prefix, ...flags, `${name}@${version}`], {
      timeout: INSTALL_MS,
    })
  } catch (error) {
    const said = (error as { stderr?: string }).stderr?.trim().split('\n')[0]
    return { reason: `npm cannot install ${name}@${version}: ${said || error}` }
  }
  if (existsSync(join(folder, bin))) return { folder }
  return { reason: `${name}@${version} brought no program ${bin}` }
}
