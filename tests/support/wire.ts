import { readSources } from './sources.ts'

/** One field of an interface of the wire. */
interface Field {
  name: string
  optional: boolean
  type: string
}

const text = readSources('server/protocol')
  .map((source) => source.text)
  .join('\n')
  .replace(/\/\*\*[\s\S]*?\*\/|\/\/.*$/gm, '')

const interfaces = new Map<string, Field[]>(
  [...text.matchAll(/export interface (\w+) \{\n([\s\S]*?)\n\}/g)].map((match) => [
    match[1] ?? '',
    readFields(match[2] ?? ''),
  ]),
)

/** `export const SCOPES = [...]` and the type made of it: the words a value may be. */
const words = new Map<string, string[]>(
  [...text.matchAll(/export type (\w+) = \(typeof (\w+)\)\[number\]/g)].map((match) => {
    const list = new RegExp(`export const ${match[2]} = \\[([^\\]]*)\\]`).exec(text)?.[1] ?? ''
    return [match[1] ?? '', [...list.matchAll(/'([^']+)'/g)].map((word) => word[1] ?? '')]
  }),
)

/** Names of every interface of the wire. */
export function wireTypes(): string[] {
  return [...interfaces.keys()]
}

/**
 * How a value differs from a type of the wire, as sentences: fields that are missing, not said, or
 * of another kind. Empty: it is what the wire says.
 */
export function differences(value: unknown, type: string, at = type): string[] {
  if (type.endsWith('[]')) {
    if (!Array.isArray(value)) return [`${at} is no list`]
    const element = type.slice(0, -2).replace(/^\((.*)\)$/, '$1')
    return value.flatMap((item, index) => differences(item, element, `${at}[${index}]`))
  }
  if (type.startsWith('[')) {
    const parts = type.slice(1, -1).split(',')
    if (!Array.isArray(value) || value.length !== parts.length) return [`${at} is no ${type}`]
    return parts.flatMap((part, index) => {
      const element = part.replace(/^\s*\w+:/, '').trim()
      return differences(value[index], element, `${at}[${index}]`)
    })
  }
  const values = /^Record<string, (.+)>$/.exec(type)?.[1]
  if (values) {
    if (typeof value !== 'object' || value === null) return [`${at} is no object`]
    return Object.entries(value).flatMap(([key, one]) => differences(one, values, `${at}.${key}`))
  }
  if (type.startsWith('{')) {
    const inner = type.slice(1, -1).replaceAll(';', '\n')
    return objectDifferences(value, readFields(inner), at)
  }
  const fields = interfaces.get(type)
  if (fields) return objectDifferences(value, fields, at)
  const known = words.get(type)
  if (known) return known.includes(String(value)) ? [] : [`${at} is "${value}", no ${type}`]
  if (type === 'string' || type === 'number' || type === 'boolean') {
    return typeof value === type ? [] : [`${at} is no ${type}`]
  }
  const literals = type.split('|').map((part) => part.trim().replace(/^'(.*)'$/, '$1'))
  if (literals.includes(String(value))) return []
  const alias = new RegExp(`export type ${type} =\\s*([^\\n]+)`).exec(text)?.[1]
  return alias ? differences(value, alias.trim(), at) : [`${at} is "${value}", not ${type}`]
}

function objectDifferences(value: unknown, fields: readonly Field[], at: string): string[] {
  if (typeof value !== 'object' || value === null) return [`${at} is no object`]
  const object = value as Record<string, unknown>
  const said = new Set(fields.map(({ name }) => name))
  const extra = Object.keys(object).filter((name) => !said.has(name))
  return [
    ...extra.map((name) => `${at}.${name} is not in the wire`),
    ...fields.flatMap(({ name, optional, type }) => {
      if (!(name in object)) return optional ? [] : [`${at}.${name} is missing`]
      return differences(object[name], type, `${at}.${name}`)
    }),
  ]
}

function readFields(body: string): Field[] {
  const nested = body.replace(/\{[^{}]*\}/g, (inner) => inner.replace(/\s*\n\s*/g, '; '))
  return [...nested.matchAll(/^\s*(\w+)(\??): (.+?);?\s*$/gm)].map((match) => ({
    name: match[1] ?? '',
    optional: match[2] === '?',
    type: (match[3] ?? '').trim(),
  }))
}
