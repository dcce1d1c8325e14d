import { SETTING_RANGES, type Settings, type SettingsResponse } from '../../../server/protocol.ts'

/** Changes of the server's settings that are not saved yet. Pure. */

/** Absent where nothing differs from what the server has. */
export interface Draft {
  /** Version of the settings that the changes were made to. */
  version: number
  changes: Partial<Settings>
}

/** The draft after one more change. A setting that is as the server has it is no change. */
export function withChange<Name extends keyof Settings>(
  draft: Draft | undefined,
  held: SettingsResponse,
  name: Name,
  value: Settings[Name],
): Draft | undefined {
  const changes: Partial<Settings> = { ...draft?.changes, [name]: value }
  if (isSame(value, held.settings[name])) delete changes[name]
  const version = draft?.version ?? held.version
  return Object.keys(changes).length > 0 ? { version, changes } : undefined
}

/** The same changes, made to what the server has now. */
export function rebased({ changes }: Draft, held: SettingsResponse): Draft | undefined {
  const still = Object.entries(changes).filter(
    ([name, value]) => !isSame(value, held.settings[name as keyof Settings]),
  )
  return still.length > 0
    ? { version: held.version, changes: Object.fromEntries(still) }
    : undefined
}

export type NumberSetting = keyof typeof SETTING_RANGES

/** What is wrong with a number, as a sentence; undefined where nothing is. */
export function numberFault(name: NumberSetting, value: number): string | undefined {
  const [low, high] = SETTING_RANGES[name]
  const isRight = Number.isInteger(value) && value >= low && value <= high
  const most = high.toLocaleString('en')
  return isRight ? undefined : `A whole number from ${low} to ${most}.`
}

/** What is wrong with the folders, as a sentence; undefined where nothing is. */
export function foldersFault(folders: readonly string[]): string | undefined {
  const odd = folders.find((folder) => !folder.startsWith('/'))
  return odd === undefined ? undefined : `“${odd}” does not begin with a slash.`
}

/** Folders as they are typed: one on each line. */
export function foldersOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
