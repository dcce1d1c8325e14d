import { constants } from 'node:fs'
import {
  access,
  chmod,
  copyFile,
  mkdir,
  open,
  readFile,
  realpath,
  rename,
  rm,
  rmdir,
  stat,
} from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { HookView } from '../../protocol.ts'
import { makeFolders } from '../spool.ts'
import { JsonTextError } from './json-text.ts'
import { type Environment, type HookKind, type HookPlace, hookPlace } from './places.ts'
import { addHooks, ourCommands, removeHooks, SettingsError } from './settings.ts'
import { hookCommand, MARKER, originOf, ownFile } from './words.ts'

/** How the hooks of a kind that we know stand. */
export type HookStatus = HookView & { kind: HookKind }

export interface HookOptions {
  env: Environment
  /** Our data folder: it holds the script and the spool. */
  dataDir: string
}

/** Where the script lies that agents call. */
export function hookScript(dataDir: string): string {
  return join(dataDir, 'hook.sh')
}

/** Where it leaves what it was told. */
export function spoolFolder(dataDir: string): string {
  return join(dataDir, 'spool')
}

/** How the hooks of a kind stand. Changes nothing. */
export async function hookStatus(kind: HookKind, options: HookOptions): Promise<HookStatus> {
  const place = hookPlace(kind, options.env)
  const { optIn, file } = place
  const base = {
    kind,
    file,
    detected: await exists(place.home),
    ...(optIn ? { optIn } : {}),
  }
  let text: string | undefined
  try {
    text = await readText(file)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    return { ...base, state: 'unreadable', detail: `${file} cannot be read (${code})` }
  }
  if (text === undefined) return { ...base, state: 'absent' }
  try {
    const wrong = whatIsWrong(text, place, hookScript(options.dataDir))
    if (wrong === 'absent') return { ...base, state: 'absent' }
    const script = await exists(hookScript(options.dataDir))
    const detail = wrong ?? (script ? undefined : 'the script they call is gone')
    return detail ? { ...base, state: 'broken', detail } : { ...base, state: 'installed' }
  } catch (error) {
    if (!(error instanceof JsonTextError)) throw error
    return { ...base, state: 'unreadable', detail: `${file} has ${error.message}` }
  }
}

/** Installs or repairs the hooks of a kind. Throws `SettingsError`; then nothing was changed. */
export async function installHooks(kind: HookKind, options: HookOptions): Promise<HookStatus> {
  const place = hookPlace(kind, options.env)
  const script = hookScript(options.dataDir)
  await mkdir(options.dataDir, { recursive: true, mode: 0o700 })
  await makeFolders(spoolFolder(options.dataDir))
  await putScript(script)
  const text = await readText(place.file)
  if (place.owner === 'own') {
    if (text !== undefined && !text.includes(MARKER)) {
      throw new SettingsError(`${place.file} is not from dogwatch`)
    }
    await mkdir(dirname(place.file), { recursive: true, mode: 0o700 })
    await writeText(place.file, ownFile(kind, place.events, script))
  } else {
    const edited = guarded(place, () => addHooks(text, place, script))
    await mkdir(dirname(place.file), { recursive: true, mode: 0o700 })
    if (edited !== text) await writeText(place.file, edited)
  }
  return hookStatus(kind, options)
}

/** Takes out what `installHooks` put in, and nothing else. Throws `SettingsError`. */
export async function uninstallHooks(kind: HookKind, options: HookOptions): Promise<HookStatus> {
  const place = hookPlace(kind, options.env)
  const text = await readText(place.file)
  if (text !== undefined && place.owner === 'own') {
    if (text.includes(MARKER)) {
      await rm(place.file)
      // Empty means that it held only ours; one that holds anything else stays.
      await rmdir(dirname(place.file)).catch(() => undefined)
    }
  } else if (text !== undefined) {
    const rest = guarded(place, () => removeHooks(text))
    if (rest.wholeFile) await rm(place.file)
    else if (rest.text !== text) await writeText(place.file, rest.text)
  }
  return hookStatus(kind, options)
}

function whatIsWrong(text: string, place: HookPlace, script: string): string | undefined {
  if (place.owner === 'own') {
    if (!text.includes(MARKER)) return 'absent'
    return text === ownFile(place.kind, place.events, script)
      ? undefined
      : 'they are of another version'
  }
  const commands = ourCommands(text)
  if (commands.size === 0) return 'absent'
  const wrong = place.events.filter((event) => {
    const [command, ...more] = commands.get(event) ?? []
    const right = (one: string) =>
      one === hookCommand(script, place.kind, event, originOf(one) ?? '')
    return command === undefined || more.length > 0 || !right(command)
  })
  const unknown = [...commands.keys()].filter((event) => !place.events.includes(event))
  if (wrong.length + unknown.length === 0) return undefined
  return `not as they should be: ${[...wrong, ...unknown].join(', ')}`
}

function guarded<T>(place: HookPlace, edit: () => T): T {
  try {
    return edit()
  } catch (error) {
    if (!(error instanceof JsonTextError)) throw error
    throw new SettingsError(`${place.file} has ${error.message}: repair it first`)
  }
}

/** The script is copied, so that a package that is moved or removed leaves it working. */
async function putScript(script: string): Promise<void> {
  const part = `${script}.${process.pid}`
  await copyFile(join(import.meta.dirname, '..', 'hook.sh'), part)
  await chmod(part, 0o700)
  await rename(part, script)
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** The new text as a whole or not at all; a link to the file stays one, its mode stays its own. */
async function writeText(file: string, text: string): Promise<void> {
  // A file that is not there yet is no link and has no mode.
  const target = await realpath(file).catch(() => file)
  const mode = (await stat(target).catch(() => undefined))?.mode ?? 0o600
  const part = `${target}.${process.pid}.part`
  try {
    const handle = await open(part, 'wx', mode & 0o777)
    try {
      await handle.chmod(mode & 0o777)
      await handle.writeFile(text)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(part, target)
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path, constants.F_OK).then(
    () => true,
    () => false,
  )
}
