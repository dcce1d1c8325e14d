import { isAbsolute, normalize } from 'node:path'
import { SETTING_RANGES, type Settings } from '../protocol.ts'
import type { JsonObject } from './body.ts'
import { Failure } from './failure.ts'

/** What holds where nobody chose otherwise. */
export const DEFAULT_SETTINGS: Settings = {
  resumeByItself: false,
  newestFirst: false,
  snapshotSeconds: 30,
  snapshotLines: 1_000,
  snapshotsPerAgent: 1_000,
  snapshotDays: 30,
  snapshotMbPerAgent: 50,
  snapshotMb: 1_000,
  doNotRecord: [],
}

const MAX_FOLDERS = 100
const MAX_PATH = 4_096

/** The settings that a request changes, each checked. Throws a `Failure` that names the wrong one. */
export function checkSettings(change: JsonObject): Partial<Settings> {
  const checked: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(change)) checked[name] = checkOne(name, value)
  return checked
}

/** Stored settings over the defaults. What a newer or older dogwatch wrote and we do not know is left. */
export function withDefaults(stored: Readonly<Partial<Settings>>): Settings {
  const known = Object.entries(stored).filter(([name, value]) => {
    try {
      checkOne(name, value)
      return true
    } catch (error) {
      if (error instanceof Failure) return false
      throw error
    }
  })
  return { ...DEFAULT_SETTINGS, ...Object.fromEntries(known) }
}

/** What of these differs from the defaults: only that is stored, so that defaults can get better. */
export function changedSettings(settings: Settings): Partial<Settings> {
  return Object.fromEntries(
    Object.entries(settings).filter(
      ([name, value]) =>
        JSON.stringify(value) !== JSON.stringify(DEFAULT_SETTINGS[name as keyof Settings]),
    ),
  )
}

function checkOne(name: string, value: unknown): boolean | number | string[] {
  if (name === 'resumeByItself' || name === 'newestFirst') {
    if (typeof value === 'boolean') return value
    throw new Failure('bad-request', `"${name}" must be true or false.`)
  }
  if (name === 'doNotRecord') return checkFolders(value)
  if (!Object.hasOwn(SETTING_RANGES, name)) {
    throw new Failure('bad-request', `There is no setting "${name.slice(0, 100)}".`)
  }
  const [low, high] = SETTING_RANGES[name as keyof typeof SETTING_RANGES]
  if (Number.isInteger(value) && Number(value) >= low && Number(value) <= high) return Number(value)
  throw new Failure('bad-request', `"${name}" must be a whole number from ${low} to ${high}.`)
}

function checkFolders(value: unknown): string[] {
  const isList = Array.isArray(value) && value.length <= MAX_FOLDERS
  if (!isList || !value.every(isFolder)) {
    const most = `at most ${MAX_FOLDERS} absolute folders`
    throw new Failure('bad-request', `"doNotRecord" must be a list of ${most}.`)
  }
  return [...new Set(value.map((path) => normalize(path).replace(/(?<=.)\/+$/, '')))]
}

function isFolder(path: unknown): path is string {
  return (
    typeof path === 'string' && path.length <= MAX_PATH && isAbsolute(path) && !path.includes('\0')
  )
}
