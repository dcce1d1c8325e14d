/**
 * Reading tmux's `-F` output. A working directory or a program's name can hold any byte, newlines
 * and our own separators included, so a free-text field is written as `length:text`, and reading
 * goes by length. Everything here works on byte strings (latin1), because tmux counts bytes.
 */

/** The format of one free-text field. */
export function textField(name: string): string {
  return `#{n:${name}}:#{${name}}`
}

/** Text of a byte string. */
export function decodeBytes(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8')
}

/** One record: its plain fields, then its free-text ones. */
export interface Fields {
  plain: string[]
  text: string[]
}

/**
 * Reads records of `plain` space-separated words followed by `text` length-prefixed fields, each
 * record ended by a newline. `start` matches the beginning of a record: a record that cannot be
 * read is skipped up to the next one that begins so.
 */
export function readRecords(
  bytes: string,
  shape: { plain: number; text: number; start: RegExp },
): Fields[] {
  const records: Fields[] = []
  let at = 0
  while (at < bytes.length) {
    const record = readRecord(bytes, at, shape)
    if (record) {
      records.push(record.fields)
      at = record.end
    } else {
      at = nextRecord(bytes, at, shape.start)
    }
  }
  return records
}

function readRecord(
  bytes: string,
  from: number,
  shape: { plain: number; text: number },
): { fields: Fields; end: number } | undefined {
  const fields: Fields = { plain: [], text: [] }
  let at = from
  for (let index = 0; index < shape.plain; index += 1) {
    const last = shape.text === 0 && index === shape.plain - 1
    const end = bytes.indexOf(last ? '\n' : ' ', at)
    const stop = end < 0 ? bytes.length : end
    fields.plain.push(bytes.slice(at, stop))
    at = stop + 1
  }
  for (let index = 0; index < shape.text; index += 1) {
    const field = readText(bytes, at, index === shape.text - 1 ? '\n' : ' ')
    if (!field) return undefined
    fields.text.push(field.text)
    at = field.end + 1
  }
  return { fields, end: at }
}

/**
 * One `length:text` field that `after` follows. tmux counts bytes; where the field does not end
 * there, the count was taken before the text was changed for printing: 3.4 and 3.5 write control
 * characters as `\037`, and a count of characters is tried as well.
 */
function readText(
  bytes: string,
  from: number,
  after: string,
): { text: string; end: number } | undefined {
  const colon = bytes.indexOf(':', from)
  const digits = bytes.slice(from, colon)
  if (colon < 0 || !/^\d{1,7}$/.test(digits)) return undefined
  const count = Number(digits)
  const start = colon + 1
  for (const measure of [countBytes, countEscaped, countCharacters]) {
    const end = measure(bytes, start, count)
    if (end === bytes.length || bytes[end] === after) {
      return { text: decodeBytes(bytes.slice(start, end)), end }
    }
  }
  return undefined
}

function countBytes(_bytes: string, start: number, count: number): number {
  return start + count
}

function countEscaped(bytes: string, start: number, count: number): number {
  let at = start
  for (let left = count; left > 0 && at < bytes.length; left -= 1) {
    at += /^\\[0-3][0-7]{2}$/.test(bytes.slice(at, at + 4)) ? 4 : 1
  }
  return at
}

function countCharacters(bytes: string, start: number, count: number): number {
  let at = start
  for (let left = count; left > 0 && at < bytes.length; left -= 1) {
    at += 1
    // Continuation bytes of UTF-8 belong to the character before them.
    while (at < bytes.length && (bytes.charCodeAt(at) & 0xc0) === 0x80) at += 1
  }
  return at
}

function nextRecord(bytes: string, from: number, start: RegExp): number {
  for (let at = bytes.indexOf('\n', from); at >= 0; at = bytes.indexOf('\n', at + 1)) {
    if (start.test(bytes.slice(at + 1, at + 120))) return at + 1
  }
  return bytes.length
}
