/**
 * JSON as people keep it in settings files (comments, trailing commas, a byte order mark), read
 * with the place of every value, so that an edit changes its own characters and no others.
 */
export type JsonNode =
  | { type: 'object'; start: number; end: number; members: JsonMember[] }
  | { type: 'array'; start: number; end: number; items: JsonNode[] }
  | { type: 'string'; start: number; end: number; value: string }
  | { type: 'other'; start: number; end: number }

export interface JsonMember {
  key: string
  /** Where the key's quote stands. */
  start: number
  value: JsonNode
}

/** The text is no JSON; `offset` in characters. */
export class JsonTextError extends Error {
  override name = 'JsonTextError'
  constructor(readonly offset: number) {
    super(`no JSON from character ${offset} on`)
  }
}

/** Deeper nesting is no settings file. */
const DEPTH_MAX = 200

/** Reads a whole text. Throws `JsonTextError`. */
export function readJson(text: string): JsonNode {
  let at = text.startsWith('\ufeff') ? 1 : 0
  const root = value(0)
  blank()
  if (at < text.length) fail()
  return root

  function fail(): never {
    throw new JsonTextError(at)
  }

  function blank(): void {
    const pattern = /(?:\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/y
    pattern.lastIndex = at
    at += pattern.exec(text)?.[0].length ?? 0
  }

  function value(depth: number): JsonNode {
    blank()
    const start = at
    if (depth > DEPTH_MAX) fail()
    if (text[at] === '{') return object(start, depth)
    if (text[at] === '[') return array(start, depth)
    if (text[at] === '"') return { type: 'string', start, value: quoted(), end: at }
    const pattern = /true|false|null|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y
    pattern.lastIndex = at
    const word = pattern.exec(text)?.[0]
    if (!word) fail()
    at += word.length
    return { type: 'other', start, end: at }
  }

  function object(start: number, depth: number): JsonNode {
    const members: JsonMember[] = []
    list('}', () => {
      const keyAt = at
      if (text[at] !== '"') fail()
      const key = quoted()
      blank()
      if (text[at] !== ':') fail()
      at += 1
      members.push({ key, start: keyAt, value: value(depth + 1) })
    })
    return { type: 'object', start, end: at, members }
  }

  function array(start: number, depth: number): JsonNode {
    const items: JsonNode[] = []
    list(']', () => items.push(value(depth + 1)))
    return { type: 'array', start, end: at, items }
  }

  function list(close: string, one: () => void): void {
    at += 1
    for (;;) {
      blank()
      if (text[at] === close) break
      one()
      blank()
      if (text[at] === ',') at += 1
      else if (text[at] !== close) fail()
    }
    at += 1
  }

  function quoted(): string {
    const pattern = /"(?:[^"\\\n]|\\.)*"/y
    pattern.lastIndex = at
    const word = pattern.exec(text)?.[0]
    if (!word) fail()
    try {
      const read = String(JSON.parse(word))
      at += word.length
      return read
    } catch {
      // A bad escape inside the quotes: the same fault as any other character that is out of place.
      return fail()
    }
  }
}

/** The value of a key in an object; the last one where it is there twice, as `JSON.parse` does. */
export function member(node: JsonNode | undefined, key: string): JsonNode | undefined {
  if (node?.type !== 'object') return undefined
  return node.members.findLast((one) => one.key === key)?.value
}

/** Adds `piece` as the first thing in the container, on a line of its own. */
export function insertFirst(text: string, container: JsonNode, piece: string): string {
  const open = container.start + 1
  const eol = text.includes('\r\n') ? '\r\n' : '\n'
  const base = indentAt(text, container.start)
  const inner = base + indentUnit(text)
  const lines = piece.split('\n').join(`${eol}${inner}`)
  const empty = sizeOf(container) === 0
  const exactlyEmpty = container.end - container.start === 2
  const after = empty ? (exactlyEmpty ? `${eol}${base}` : '') : ','
  return `${text.slice(0, open)}${eol}${inner}${lines}${after}${text.slice(open)}`
}

/**
 * Takes out the part from `start` to `end` of a container with its comma and the blanks before it:
 * exactly what `insertFirst` added. `exactlyEmpty`: nothing stood between the brackets before.
 */
export function removePart(
  text: string,
  container: JsonNode,
  { start, end }: { start: number; end: number },
  exactlyEmpty: boolean,
): string {
  const open = container.start + 1
  const before = text.slice(open, start)
  const comma = /^\s*,/.exec(text.slice(end, container.end))
  if (before.trim() === '') {
    const to = end + (comma?.[0].length ?? 0)
    const rest = text.slice(to, container.end - 1)
    const alone = exactlyEmpty && rest.trim() === ''
    return text.slice(0, open) + (alone ? '' : rest) + text.slice(container.end - 1)
  }
  // It was moved behind something else: its own comma goes, else the one before it.
  if (comma) return text.slice(0, start).trimEnd() + text.slice(end + comma[0].length)
  return text.slice(0, start).replace(/,?\s*$/, '') + text.slice(end)
}

function sizeOf(node: JsonNode): number {
  if (node.type === 'object') return node.members.length
  return node.type === 'array' ? node.items.length : 0
}

function indentAt(text: string, at: number): string {
  const line = text.slice(text.lastIndexOf('\n', at - 1) + 1, at)
  return /^[ \t]*/.exec(line.replace(/^\ufeff/, ''))?.[0] ?? ''
}

/** What the text indents one level with: the first indented line tells. */
export function indentUnit(text: string): string {
  return /\n([ \t]+)["{[]/.exec(text)?.[1] ?? '  '
}
