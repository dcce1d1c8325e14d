import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import type { Capture } from '../tmux/capture.ts'
import { redact } from './redact.ts'
import { redactScreen } from './redact-screen.ts'

const compress = promisify(gzip)
const expand = promisify(gunzip)

/** A stored snapshot is far smaller; what unpacks to more is not one of ours (bytes). */
const MAX_UNPACKED = 64 * 1024 * 1024

/** What a snapshot shows. All of it has passed the redactor. */
export interface SnapshotContent {
  /** Lines with SGR, each complete in itself; rows that wrap are joined. */
  screen: readonly string[]
  scrollback: readonly string[]
  cursor: Capture['cursor']
  alternate: boolean
  /** Whether `scrollback` goes on where the snapshot before ended. */
  joins: boolean
  title: string
  cwd: string
  transcriptAt?: number
}

/** What may be kept of a capture. A secret that only its neighbours give away is seen with them. */
export function contentOf(
  capture: Capture,
  more: { title: string; cwd: string; transcriptAt: number | undefined },
): SnapshotContent {
  const { context, scrollback, screen } = capture
  const seen = context.length + scrollback.length
  const lines = [...context, ...scrollback, ...screen]
  const clean = redactScreen(lines, undefined, capture.cols)
  return {
    screen: clean.slice(seen),
    scrollback: clean.slice(context.length, seen),
    cursor: capture.cursor,
    alternate: capture.alternate,
    joins: capture.joins,
    title: redact(more.title),
    cwd: redact(more.cwd),
    ...(more.transcriptAt === undefined ? {} : { transcriptAt: more.transcriptAt }),
  }
}

/** What two snapshots that show the same have in common. Neither cursor nor title: both blink. */
export function hashOf({ screen }: SnapshotContent, { cols, rows }: Capture): Buffer {
  const hash = createHash('sha256').update(`${cols}x${rows}\n`)
  return hash.update(screen.join('\n')).digest()
}

/** For the database: the fastest gzip, off the main thread; better ones gain a tenth. */
export function pack(content: SnapshotContent): Promise<Buffer> {
  return compress(JSON.stringify(content), { level: 1 })
}

export async function unpack(packed: Buffer): Promise<SnapshotContent> {
  const text = await expand(packed, { maxOutputLength: MAX_UNPACKED })
  return JSON.parse(text.toString('utf8')) as SnapshotContent
}
