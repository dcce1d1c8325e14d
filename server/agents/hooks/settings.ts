import {
  indentUnit,
  insertFirst,
  type JsonNode,
  member,
  readJson,
  removePart,
} from './json-text.ts'
import type { HookPlace } from './places.ts'
import { hookCommand, type Origin, originOf, sharedEntry } from './words.ts'

/** The settings cannot be edited safely; the message says why. They were not changed. */
export class SettingsError extends Error {
  override name = 'SettingsError'
}

/** A hook command of ours in a settings file. */
interface Ours {
  event: string
  command: string
  origin: Origin
  root: JsonNode
  hooks: JsonNode & { type: 'object' }
  list: JsonNode & { type: 'array' }
  group: JsonNode & { type: 'object' }
  entries: JsonNode & { type: 'array' }
  entry: JsonNode
}

/**
 * The settings with our hooks in them, everything else untouched. `text` is undefined where there
 * is no file. Throws `SettingsError` where taking them out again would not give the same text.
 */
export function addHooks(text: string | undefined, place: HookPlace, script: string): string {
  const missing = text === undefined
  const clean = missing ? '{}\n' : removeHooks(text).text
  let edited = clean
  // The first one goes in last, so that they stand in the order of the list.
  for (const event of [...place.events].reverse()) {
    edited = addHook(edited, event, place, script, missing)
  }
  const back = removeHooks(edited)
  if (back.text !== clean || back.wholeFile !== missing) {
    throw new SettingsError(`${place.file} is written in a way that dogwatch cannot edit safely`)
  }
  return edited
}

/** The settings without our hooks. `wholeFile`: the file was made by us and holds nothing else. */
export function removeHooks(text: string): { text: string; wholeFile: boolean } {
  let rest = text
  let madeByUs = false
  for (let ours = findOurs(rest)[0]; ours; ours = findOurs(rest)[0]) {
    madeByUs ||= ours.origin.includes('f')
    rest = removeOne(rest, ours)
  }
  return { text: rest, wholeFile: madeByUs && rest.trim() === '{}' }
}

/** Commands of ours per event, as they stand there now. */
export function ourCommands(text: string): Map<string, string[]> {
  const commands = new Map<string, string[]>()
  for (const { event, command } of findOurs(text)) {
    commands.set(event, [...(commands.get(event) ?? []), command])
  }
  return commands
}

function addHook(
  text: string,
  event: string,
  place: HookPlace,
  script: string,
  missing: boolean,
): string {
  const root = readJson(text)
  if (root.type !== 'object') throw new SettingsError(`${place.file} holds no object`)
  const unit = indentUnit(text)
  const write = (value: unknown) => JSON.stringify(value, null, unit)
  const entry = (origin: Origin) =>
    sharedEntry(place.kind, event, hookCommand(script, place.kind, event, origin))
  const file = missing ? 'f' : ''
  const hooks = member(root, 'hooks')
  if (!hooks) {
    const origin = `${file}${isBare(root) ? 'r' : ''}hv`
    return insertFirst(text, root, `"hooks": ${write({ [event]: [entry(origin)] })}`)
  }
  if (hooks.type !== 'object') throw new SettingsError(`"hooks" in ${place.file} is no object`)
  const list = member(hooks, event)
  // What the first of ours found, the others in the same place found as well.
  const [other] = findOurs(text)
  const made = other ? other.origin.replace(/[va]/g, '') : `${file}${isBare(hooks) ? 'p' : ''}`
  if (!list) {
    return insertFirst(text, hooks, `${JSON.stringify(event)}: ${write([entry(`${made}v`)])}`)
  }
  if (list.type !== 'array') throw new SettingsError(`"${event}" in ${place.file} is no list`)
  return insertFirst(text, list, write(entry(`${made}${isBare(list) ? 'a' : ''}`)))
}

function removeOne(text: string, ours: Ours): string {
  const { root, hooks, list, group, entries, entry, event, origin } = ours
  if (entries.items.length > 1) return removePart(text, entries, entry, false)
  if (list.items.length > 1 || !origin.includes('v')) {
    return removePart(text, list, group, origin.includes('a'))
  }
  const eventMember = memberAt(hooks, event)
  if (hooks.members.length > 1 || !origin.includes('h')) {
    return removePart(text, hooks, eventMember, origin.includes('p'))
  }
  return removePart(text, root, memberAt(root, 'hooks'), /[rf]/.test(origin))
}

function memberAt(node: JsonNode, key: string): { start: number; end: number } {
  const found = node.type === 'object' ? node.members.findLast((one) => one.key === key) : undefined
  if (!found) throw new Error('invariant: a member that was just found is gone')
  return { start: found.start, end: found.value.end }
}

function findOurs(text: string): Ours[] {
  const root = readJson(text)
  const hooks = member(root, 'hooks')
  if (hooks?.type !== 'object') return []
  const found: Ours[] = []
  for (const { key: event, value: list } of hooks.members) {
    if (list.type !== 'array') continue
    for (const group of list.items) {
      const entries = member(group, 'hooks')
      if (group.type !== 'object' || entries?.type !== 'array') continue
      for (const entry of entries.items) {
        const command = member(entry, 'command')
        if (command?.type !== 'string') continue
        const origin = originOf(command.value)
        if (origin === undefined) continue
        found.push({
          event,
          command: command.value,
          origin,
          root,
          hooks,
          list,
          group,
          entries,
          entry,
        })
      }
    }
  }
  return found
}

/** Nothing at all between the brackets. */
function isBare(node: JsonNode): boolean {
  return node.end - node.start === 2
}
