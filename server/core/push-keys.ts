import { join } from 'node:path'
import type { Log } from '../log.ts'
import { readIfThere, writePrivately } from './private-file.ts'

/** By which push services know that it is us (VAPID, RFC 8292). Both base64url. */
export interface PushKeys {
  /** A point of P-256, 65 bytes. */
  publicKey: string
  /** 32 bytes. */
  privateKey: string
}

const FILE = 'push-keys.json'

/**
 * The keys of this data folder, made when they are first asked for, and kept: what a browser got
 * from its push service is good for this public key alone. The file is for its owner's eyes.
 */
export async function readPushKeys(dataDir: string, log: Log): Promise<PushKeys> {
  const file = join(dataDir, FILE)
  const text = readIfThere(file)
  const kept = text === undefined ? undefined : parseKeys(text)
  if (kept) return kept
  if (text !== undefined) {
    log.error({}, 'the keys for notices were damaged: devices have to switch them on again')
  }
  // Loaded with the first use: most starts send no notice.
  const { default: webPush } = await import('web-push')
  const made = webPush.generateVAPIDKeys()
  writePrivately(file, `${JSON.stringify(made)}\n`)
  return made
}

function parseKeys(text: string): PushKeys | undefined {
  try {
    const { publicKey, privateKey }: Partial<Record<keyof PushKeys, unknown>> = JSON.parse(text)
    return isBytes(publicKey, 65) && isBytes(privateKey, 32) ? { publicKey, privateKey } : undefined
  } catch {
    // Half a file is none: the caller says so, and makes new ones.
    return undefined
  }
}

/** Whether a value is the base64url of so many bytes. */
export function isBytes(value: unknown, length: number): value is string {
  return (
    typeof value === 'string' &&
    /^[\w-]+={0,2}$/.test(value) &&
    Buffer.from(value, 'base64url').length === length
  )
}
