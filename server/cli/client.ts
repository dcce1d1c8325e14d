import { request } from 'node:http'
import { text as readText } from 'node:stream/consumers'
import type { Config } from '../config.ts'
import { readLocalToken, readRunning } from '../core/running.ts'

const ANSWER_MS = 10_000

/** Nothing serves this data folder. Exit code 5. */
export class NotRunningError extends Error {
  override name = 'NotRunningError'
}

/** The server said no; the message is its sentence. Exit code 1. */
export class RefusedError extends Error {
  override name = 'RefusedError'
}

/** What a command has to say: text for people, the same as data for programs. */
export interface Answer {
  text: string
  data: unknown
  /** Exit code; absent: 0. */
  code?: number
}

/** The place of a data folder's server; only these two are needed to ask it. */
export type Server = Pick<Config, 'dataDir' | 'socketPath'>

/**
 * Asks the server of this data folder over its unix socket, with the token that its start left in a
 * private file. Rejects with `NotRunningError`, or with the sentence of a refusal.
 */
export async function ask<T>(
  { dataDir, socketPath }: Server,
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  body?: object,
): Promise<T> {
  const token = readLocalToken(dataDir)
  if (token === undefined) throw notRunning(dataDir)
  const socket = runningSocket({ dataDir, socketPath })
  const { status, text } = await send(socket, method, path, token, body).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') throw notRunning(dataDir)
      throw error
    },
  )
  const answer: unknown = JSON.parse(text)
  if (status < 400) return answer as T
  const { error } = answer as { error?: { message?: string } }
  throw new RefusedError(error?.message ?? `the server answered with status ${status}`)
}

/**
 * Where the server listens: as its start says, because a demo, or a shell with another
 * `XDG_RUNTIME_DIR`, has it in another folder than a command would take.
 */
export function runningSocket({ dataDir, socketPath }: Server): string {
  return readRunning(dataDir)?.socket ?? socketPath
}

/** The TCP port of the server, from the word its start left. */
export function runningPort(dataDir: string): number {
  return readRunning(dataDir)?.port ?? 0
}

function notRunning(dataDir: string): NotRunningError {
  return new NotRunningError(
    `no dogwatch is running for the data folder ${dataDir}. Start one with "dogwatch", or name ` +
      'the folder it was started with by --data-dir',
  )
}

async function send(
  socketPath: string,
  method: string,
  path: string,
  token: string,
  body: object | undefined,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request({
      socketPath,
      method,
      path,
      signal: AbortSignal.timeout(ANSWER_MS),
      headers: {
        host: 'localhost',
        authorization: `Bearer ${token}`,
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
    })
    outgoing.on('error', reject)
    outgoing.on('response', (response) => {
      readText(response).then((text) => resolve({ status: response.statusCode ?? 0, text }), reject)
    })
    outgoing.end(body ? JSON.stringify(body) : undefined)
  })
}
