import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { MiddlewareHandler } from 'hono'
import { acceptedEncodings } from '../lib/encodings.ts'

/** A shorter answer fits one packet either way. Bytes. */
const PACK_FROM_BYTES = 1_024
/** More effort saves 3 % of a list, and holds a long conversation back for 10 ms and more. */
const EFFORT = { level: 1 }

const pack = promisify(gzip)

/**
 * Compresses long JSON answers for whoever takes that: most of a list or a conversation is said
 * twice. The length of a compressed answer gives a secret away where a stranger can have it repeated
 * beside words of their own (BREACH). Here they cannot: no other page can ask for an answer, which
 * takes a token in a header, and what is secret in one is new each time.
 */
export const packed: MiddlewareHandler = async (c, next) => {
  await next()
  if (!c.res.headers.get('content-type')?.startsWith('application/json')) return
  c.header('Vary', 'Accept-Encoding', { append: true })
  if (!acceptedEncodings(c.req.header('accept-encoding')).has('gzip')) return
  const body = Buffer.from(await c.res.arrayBuffer())
  const isLong = body.length >= PACK_FROM_BYTES
  c.res = new Response(isLong ? await pack(body, EFFORT) : body, c.res)
  if (isLong) c.header('Content-Encoding', 'gzip')
}
