import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder of a test's own, gone with the test. */
export async function scratchFolder() {
  const path = await mkdtemp(join(tmpdir(), 'dogwatch-test-'))
  return {
    path,
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  }
}

/** A log that keeps its messages instead of writing them. */
export function listeningLog() {
  const messages: string[] = []
  const keep = (_fields: object, message: string) => {
    messages.push(message)
  }
  const log = { debug: keep, info: keep, warn: keep, error: keep, child: () => log }
  return { log, messages }
}
