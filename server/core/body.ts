import type { Context } from 'hono'
import { Failure } from './failure.ts'

/** A JSON object from outside: every field still has to be looked at. */
export type JsonObject = Readonly<Record<string, unknown>>

/**
 * The JSON object in a request's body, of at most `maxBytes`. Only `application/json` is taken: a
 * page of another origin cannot send that type without asking first, and we never say yes.
 */
export async function readJson(c: Context, maxBytes = 65_536): Promise<JsonObject> {
  const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/json') {
    throw new Failure('bad-request', 'Send the body as application/json.')
  }
  const bytes = await readBytes(c.req.raw.body, maxBytes)
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw new Failure('bad-request', 'The body is not valid JSON in UTF-8.', { cause })
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Failure('bad-request', 'The body must be a JSON object.')
  }
  return value as JsonObject
}

/** A string field of 0 to `max` characters; `undefined` where the field is absent. */
export function optionalText(body: JsonObject, field: string, max: number): string | undefined {
  const value = Object.hasOwn(body, field) ? body[field] : undefined
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string') throw new Failure('bad-request', `"${field}" must be a string.`)
  if (value.length > max) {
    throw new Failure('too-large', `"${field}" may have at most ${max} characters.`)
  }
  return value
}

/** A string field that must be there, of 1 to `max` characters. */
export function requiredText(body: JsonObject, field: string, max: number): string {
  const value = optionalText(body, field, max)
  if (!value) throw new Failure('bad-request', `"${field}" is missing.`)
  return value
}

/** A truth value; `undefined` where the field is absent. */
export function optionalFlag(body: JsonObject, field: string): boolean | undefined {
  const value = Object.hasOwn(body, field) ? body[field] : undefined
  if (value === undefined || typeof value === 'boolean') return value
  throw new Failure('bad-request', `"${field}" must be true or false.`)
}

async function readBytes(
  stream: ReadableStream<Uint8Array> | null,
  maxBytes: number,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  if (!stream) return new Uint8Array()
  for await (const chunk of stream) {
    size += chunk.byteLength
    if (size > maxBytes) {
      throw new Failure('too-large', `The body may have at most ${maxBytes} bytes.`)
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, size)
}
