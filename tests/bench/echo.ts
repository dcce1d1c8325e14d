import { setTimeout as wait } from 'node:timers/promises'
import type { Link } from './link.ts'

/**
 * Characters that a key press can be told by: narrow, two bytes each in UTF-8, and so many that no
 * run shows one twice, since a redraw would pass for the echo.
 */
const ALPHABET = [
  ...range(0x00c0, 0x0233).filter((code) => code !== 0xd7 && code !== 0xf7),
  ...range(0x0400, 0x0481),
  ...range(0x048a, 0x052f),
].map((code) => Buffer.from(String.fromCodePoint(code)))

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index)
}

export interface EchoOptions {
  /** At most as many as there are characters (about 670). */
  keys: number
  /** Milliseconds between one echo and the next key. */
  pauseMs: (key: number) => number
  /** A key without an echo by then counts as never, and ends the run after `patience` such keys. */
  deadlineMs: number
  /** Keys in a row without an echo after which the rest is not tried. Default 3. */
  patience?: number
}

/** Pauses as a fast typist makes them, and as unlike each other. */
export const typing = (): number => 8 + Math.random() * 8

/**
 * Milliseconds from a key to its echo, per key; Infinity where none came. What runs in the pane must
 * show what is typed; `cat` does, by the echo of its terminal.
 */
export async function measureEcho(link: Link, options: EchoOptions): Promise<number[]> {
  const { keys, pauseMs, deadlineMs, patience = 3 } = options
  if (keys > ALPHABET.length) throw new Error('invariant: more keys than characters')
  const times: number[] = []
  for (let key = 0, lost = 0; key < keys; key += 1) {
    await wait(pauseMs(key))
    const time = await pressKey(link, ALPHABET[key] ?? Buffer.alloc(0), deadlineMs)
    times.push(time)
    lost = time === Number.POSITIVE_INFINITY ? lost + 1 : 0
    if (lost >= patience) {
      while (times.length < keys) times.push(Number.POSITIVE_INFINITY)
    }
    if (times.length === keys) break
  }
  return times
}

async function pressKey(link: Link, key: Buffer, deadlineMs: number): Promise<number> {
  const start = performance.now()
  const seen = waitFor(link, key, deadlineMs)
  link.send(key)
  return (await seen) ? performance.now() - start : Number.POSITIVE_INFINITY
}

/** True once `text` was in the output; false where it was not by the deadline. */
export function waitFor(link: Link, text: Buffer, deadlineMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    let tail: Buffer = Buffer.alloc(0)
    const done = (found: boolean) => {
      clearTimeout(timer)
      link.listen(undefined)
      resolve(found)
    }
    const timer = setTimeout(done, deadlineMs, false)
    link.listen((bytes) => {
      const whole = tail.length > 0 ? Buffer.concat([tail, bytes]) : bytes
      if (whole.includes(text)) done(true)
      else tail = whole.subarray(Math.max(0, whole.length - text.length + 1))
    })
  })
}

/** Waits until no output came for `quietMs`, for example after a client's first screen. */
export async function settle(link: Link, quietMs = 60): Promise<void> {
  for (let before = -1; before !== link.received; ) {
    before = link.received
    await wait(quietMs)
  }
}
