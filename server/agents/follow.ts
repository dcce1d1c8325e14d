import { type FSWatcher, watch } from 'node:fs'
import { Latch } from '../lib/latch.ts'
import { delay } from '../lib/time.ts'
import type { TailEvent, TranscriptTail } from './tail.ts'
import { TranscriptError } from './transcript-file.ts'

/** The file is looked at so often although the kernel told of nothing. */
const POLL_MS = 30_000
/** The same where it cannot be watched. */
const UNWATCHED_MS = 1_000
/** Writes that come close together are read together. */
const GATHER_MS = 50
const FINISH_STEP_MS = 300
/** An agent writes its totals up to half a minute after it ended. */
const FINISH_MS = 45_000

/** What the follower could not do; told once per change. */
export type FollowTrouble = TranscriptError | undefined

/**
 * Tells the lines of a transcript as they come, until the signal aborts. `trouble` is told where
 * the file cannot be read, and again with undefined when it can.
 */
export async function followTranscript(
  tail: TranscriptTail,
  tell: (event: TailEvent) => void,
  {
    signal,
    trouble,
    pollMs = POLL_MS,
  }: { signal: AbortSignal; trouble?: (trouble: FollowTrouble) => void; pollMs?: number },
): Promise<void> {
  const latch = new Latch()
  let watcher: FSWatcher | undefined
  let watched: number | undefined
  let last: string | undefined
  const stop = () => latch.wake()
  signal.addEventListener('abort', stop, { once: true })
  try {
    while (!signal.aborted) {
      const problem = await attempt(() => tail.read(tell, signal))
      if (problem?.code !== last) trouble?.(problem)
      last = problem?.code
      const inode = problem ? undefined : tail.place?.inode
      // A file that was replaced has another inode, which the old watch does not see.
      if (inode !== watched) {
        watcher?.close()
        watched = inode
        watcher = inode === undefined ? undefined : watchFile(tail.path, latch)
        // What was written between the read and the watch, nobody tells of.
        if (watcher) continue
      }
      const isTold = await latch.wait(watcher ? pollMs : UNWATCHED_MS, signal)
      if (isTold) await delay(GATHER_MS, signal)
    }
  } finally {
    watcher?.close()
    signal.removeEventListener('abort', stop)
  }
}

/**
 * Reads on after the agent has ended: until the terminal record is the last line that is not
 * blank, or the time is up; then once more, with a last line that was left without its newline.
 * A terminal record in the middle, as of a conversation that was resumed, does not count.
 */
export async function finishTranscript(
  tail: TranscriptTail,
  tell: (event: TailEvent) => void,
  isTerminal: ((line: string) => boolean) | undefined,
  {
    signal,
    stepMs = FINISH_STEP_MS,
    limitMs = FINISH_MS,
  }: { signal: AbortSignal; stepMs?: number; limitMs?: number },
): Promise<'terminal' | 'time-out' | 'aborted'> {
  const until = performance.now() + limitMs
  let outcome: 'terminal' | 'time-out' | 'aborted' = 'time-out'
  while (performance.now() < until) {
    if (signal.aborted) {
      outcome = 'aborted'
      break
    }
    await attempt(() => tail.read(tell, signal))
    if (isTerminal && (await endsWith(tail, isTerminal))) {
      outcome = 'terminal'
      break
    }
    await delay(stepMs, signal)
  }
  await attempt(() => tail.read(tell))
  const rest = await tail.rest().catch(onlyTranscriptErrors)
  if (rest && rest.trim() !== '') tell({ type: 'line', text: rest, replay: false })
  return outcome
}

async function endsWith(
  tail: TranscriptTail,
  isTerminal: (line: string) => boolean,
): Promise<boolean> {
  const line = await tail.lastLine().catch(onlyTranscriptErrors)
  return line !== undefined && isTerminal(line)
}

async function attempt(read: () => Promise<void>): Promise<TranscriptError | undefined> {
  try {
    await read()
    return undefined
  } catch (error) {
    if (error instanceof TranscriptError) return error
    throw error
  }
}

function onlyTranscriptErrors(error: unknown): undefined {
  // A missing file has no last line; that it is missing was told by the read before.
  if (error instanceof TranscriptError) return undefined
  throw error
}

function watchFile(path: string, latch: Latch): FSWatcher | undefined {
  try {
    const watcher = watch(path, () => latch.wake())
    // The poll goes on: without a watch we are only slower.
    watcher.on('error', () => watcher.close())
    return watcher
  } catch {
    // No watches left or the file is gone again: the poll finds out.
    return undefined
  }
}
