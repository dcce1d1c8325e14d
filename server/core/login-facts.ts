import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { GuardView } from '../protocol.ts'
import { type GuardFacts, judgeGuard, worstGuard } from './login-guard.ts'

const BUS_MS = 2_000

/** Where logind's configuration lies; the first folder that holds a name hides the same name below. */
const CONFIG_FOLDERS = [
  '/etc/systemd',
  '/run/systemd',
  '/usr/local/lib/systemd',
  '/usr/lib/systemd',
]

/** Whether these tmux servers (process ids) outlive a logout: what holds for the worst of them. */
export async function readGuard(pids: readonly number[]): Promise<GuardView> {
  const common = await readLogind()
  const views = await Promise.all(
    pids.map(async (pid) => judgeGuard({ ...common, ...(await readCgroup(pid)) })),
  )
  return worstGuard(views, judgeGuard(common))
}

async function readLogind(): Promise<GuardFacts> {
  const { username: user } = userInfo()
  // The folder that sd_booted(3) looks for, and logind's own.
  const hasLogind = existsSync('/run/systemd/system') && existsSync('/run/systemd/seats')
  if (!hasLogind) return { hasLogind, user, lingers: false }
  const lingers = existsSync(join('/var/lib/systemd/linger', user))
  const killsProcesses = (await askBus()) ?? (await readConfig())
  return { hasLogind, user, lingers, ...(killsProcesses === undefined ? {} : { killsProcesses }) }
}

async function readCgroup(pid: number): Promise<{ cgroup?: string }> {
  // It ended meanwhile, or the system has no such file: nothing is known of its group.
  const text = await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => undefined)
  const cgroup = text === undefined ? undefined : cgroupOf(text)
  return cgroup === undefined ? {} : { cgroup }
}

/** The group in which systemd put a process: the line of cgroup v2, or of its own v1 hierarchy. */
export function cgroupOf(text: string): string | undefined {
  const lines = text.split('\n').map((line) => /^(\d+):([^:]*):(.*)$/.exec(line))
  const own = lines.find((line) => line?.[2] === 'name=systemd')
  return (own ?? lines.find((line) => line?.[1] === '0' && line[2] === ''))?.[3]
}

async function askBus(): Promise<boolean | undefined> {
  const names = ['org.freedesktop.login1', '/org/freedesktop/login1']
  const argv = ['get-property', ...names, 'org.freedesktop.login1.Manager', 'KillUserProcesses']
  try {
    const { stdout } = await promisify(execFile)('busctl', argv, { timeout: BUS_MS })
    return /^b true/.test(stdout) ? true : /^b false/.test(stdout) ? false : undefined
  } catch {
    // No busctl, or no bus: the files tell as much as a person could know.
    return undefined
  }
}

/** What the files say; undefined where none does, because its default differs between systems. */
async function readConfig(): Promise<boolean | undefined> {
  const dropIns = new Map<string, string>()
  for (const folder of CONFIG_FOLDERS.toReversed()) {
    const path = join(folder, 'logind.conf.d')
    for (const name of await readdir(path).catch(() => [])) {
      if (name.endsWith('.conf')) dropIns.set(name, join(path, name))
    }
  }
  const main = CONFIG_FOLDERS.map((folder) => join(folder, 'logind.conf')).find(existsSync)
  const paths = [...dropIns].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, path]) => path)
  const files = [...(main === undefined ? [] : [main]), ...paths]
  const texts = await Promise.all(files.map((path) => readFile(path, 'utf8').catch(() => '')))
  return killsProcesses(texts)
}

/** `KillUserProcesses` in these files; a later one overrides. */
export function killsProcesses(texts: readonly string[]): boolean | undefined {
  const values = texts.flatMap((text) =>
    [...text.matchAll(/^\s*KillUserProcesses\s*=\s*(\w+)/gim)].map(([, value = '']) => value),
  )
  const last = values.at(-1)
  return last === undefined ? undefined : /^(1|yes|y|true|t|on)$/i.test(last)
}
