import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { readIfThere, writePrivately } from './private-file.ts'

/** Who serves a data folder: for messages and for the command line, never for deciding who may. */
export interface Running {
  pid: number
  /** First TCP address, for example `http://127.0.0.1:4477/`. */
  address: string
  port: number
  socket: string
  version: string
  /** Epoch milliseconds. */
  startedAt: number
}

const NOTE = 'running.json'
const TOKEN = 'local-token'

/** Leaves word of a start; the file may outlive us, so it is never proof that we run. */
export function writeRunning(dataDir: string, running: Running): void {
  writePrivately(join(dataDir, NOTE), `${JSON.stringify(running)}\n`)
}

/** The word the last start left, if any. */
export function readRunning(dataDir: string): Running | undefined {
  const text = readIfThere(join(dataDir, NOTE))
  if (text === undefined) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Running) : undefined
  } catch {
    // Half a file after a power cut says as much as none.
    return undefined
  }
}

/** Leaves the token of this start for the command line of the same user. */
export function writeLocalToken(dataDir: string, token: string): void {
  writePrivately(join(dataDir, TOKEN), token)
}

/** The command line's token; `undefined` where no server has run here. */
export function readLocalToken(dataDir: string): string | undefined {
  return readIfThere(join(dataDir, TOKEN))
}

/** Takes back both files at an orderly end. */
export function removeRunning(dataDir: string): void {
  for (const name of [NOTE, TOKEN]) rmSync(join(dataDir, name), { force: true })
}
