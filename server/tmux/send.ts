import type { TmuxServer } from './server.ts'

/** Bytes per command: `send-keys` takes one word for each, and tmux a message of 16 KiB. */
const CHUNK_BYTES = 1_024

/**
 * Types raw bytes into a pane (`%3`), past every key table: no prefix key, no bindings. Resolves
 * with their number. A pane in copy mode takes them as that mode's keys.
 */
export async function sendBytes(
  server: TmuxServer,
  paneId: string,
  bytes: Uint8Array,
): Promise<number> {
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    const words = [...bytes.subarray(at, at + CHUNK_BYTES)].map((byte) => byte.toString(16))
    await server.run(['send-keys', '-t', paneId, '-H', ...words], { kind: 'act' })
  }
  return bytes.length
}
