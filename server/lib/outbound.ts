import { type LookupAddress, type LookupAllOptions, lookup } from 'node:dns'
import { request as plainRequest, type RequestOptions } from 'node:http'
import { request as tlsRequest } from 'node:https'
import type { LookupFunction } from 'node:net'
import { addressFault, isPublicAddress } from './public-address.ts'

/** What we say to others of our own accord. */

/** `timeout`: no answer in time; `unreachable`: no connection, or not one that is allowed. */
export class OutboundError extends Error {
  override name = 'OutboundError'
  constructor(
    readonly code: 'timeout' | 'unreachable',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}

export interface OutboundRequest {
  url: string
  headers: Readonly<Record<string, string | number>>
  body: string | Buffer
  /** From the look-up of the name to the end of the answer's head, milliseconds. */
  deadlineMs: number
  signal: AbortSignal
  /** Origins that may be posted to although they are not everybody's: a test's own. */
  trusted?: readonly string[]
}

export interface OutboundAnswer {
  status: number
  /** How long we are asked to wait, milliseconds. */
  retryAfterMs?: number
}

/**
 * Posts once, to public addresses alone: the address that a name leads to is judged in the same
 * look-up that the connection is made by, so no name can lead elsewhere afterwards. Follows no
 * redirect, reads nothing of the answer's body, keeps no connection. Throws `OutboundError`.
 */
export function postOut(request: OutboundRequest): Promise<OutboundAnswer> {
  const { headers, body, deadlineMs, signal, trusted = [] } = request
  const url = new URL(request.url)
  const isTrusted = trusted.includes(url.origin)
  const fault = isTrusted ? undefined : addressFault(request.url)
  if (fault) return Promise.reject(new OutboundError('unreachable', fault))
  // Not `AbortSignal.timeout` inside of `any`: Node 20 takes it for garbage before it fires.
  const limit = new AbortController()
  const timer = setTimeout(() => limit.abort(), deadlineMs)
  const options: RequestOptions = {
    method: 'POST',
    headers: { ...headers, 'Content-Length': Buffer.byteLength(body) },
    agent: false,
    signal: AbortSignal.any([signal, limit.signal]),
    ...(isTrusted ? {} : { lookup: onlyPublic() }),
  }
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? tlsRequest : plainRequest
    const outgoing = send(url, options, (answer) => {
      const retryAfterMs = waitOf(answer.headers['retry-after'])
      resolve({
        status: answer.statusCode ?? 0,
        ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      })
      // A body may be endless, and nothing in it is of use.
      answer.destroy()
    })
    outgoing.on('close', () => clearTimeout(timer))
    outgoing.on('error', (cause) => {
      const isLate = limit.signal.aborted && !signal.aborted
      const message = isLate ? 'There was no answer in time.' : 'It cannot be reached.'
      reject(new OutboundError(isLate ? 'timeout' : 'unreachable', message, { cause }))
    })
    outgoing.end(body)
  })
}

type Resolve = (
  name: string,
  options: LookupAllOptions,
  done: (error: Error | null, found: LookupAddress[]) => void,
) => void

/** Looks a name up for a connection, and gives no address that is not everybody's. */
export function onlyPublic(resolve: Resolve = lookup): LookupFunction {
  return (name, options, done) => {
    resolve(name, { ...options, all: true }, (error, found) => {
      if (error) return done(error, '')
      const allowed = found.filter(({ address }) => isPublicAddress(address))
      const [first] = allowed
      if (!first) return done(new Error(`${name} leads to no public address`), '')
      if (options.all) done(null, allowed)
      else done(null, first.address, first.family)
    })
  }
}

/** A `Retry-After` of seconds or a date, as milliseconds from now. */
function waitOf(value: string | undefined): number | undefined {
  if (value === undefined) return undefined
  const ms = /^\d{1,9}$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - Date.now()
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined
}
