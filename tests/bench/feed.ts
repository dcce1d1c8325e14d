import { once } from 'node:events'
import WebSocket from 'ws'
import { type FeedFrame, SUBPROTOCOL, TICKET_SUBPROTOCOL_PREFIX } from '../../server/protocol.ts'

/** The feed as a page has it. */
export interface Feed {
  /** The moment (`performance.now()`) of the next frame that fits; rejects after `deadlineMs`. */
  next(fits: (frame: FeedFrame) => boolean, deadlineMs?: number): Promise<number>
  [Symbol.asyncDispose](): Promise<void>
}

/** Opens the feed and waits for its first frame. */
export async function openFeed(port: number, ticket: string): Promise<Feed> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws/feed`, [
    SUBPROTOCOL,
    `${TICKET_SUBPROTOCOL_PREFIX}${ticket}`,
  ])
  const listeners = new Set<(frame: FeedFrame, at: number) => void>()
  socket.on('message', (data: Buffer) => {
    const at = performance.now()
    const frame = JSON.parse(data.toString()) as FeedFrame
    for (const listener of listeners) listener(frame, at)
  })
  const feed: Feed = {
    next: (fits, deadlineMs = 10_000) =>
      new Promise((resolve, reject) => {
        const listener = (frame: FeedFrame, at: number) => {
          if (!fits(frame)) return
          clearTimeout(timer)
          listeners.delete(listener)
          resolve(at)
        }
        const timer = setTimeout(() => {
          listeners.delete(listener)
          reject(new Error(`no such frame on the feed within ${deadlineMs} ms`))
        }, deadlineMs)
        listeners.add(listener)
      }),
    async [Symbol.asyncDispose]() {
      if (socket.readyState === socket.CLOSED) return
      socket.terminate()
      await once(socket, 'close')
    },
  }
  const hello = feed.next((frame) => frame.type === 'hello')
  await Promise.race([
    hello,
    once(socket, 'close').then(() => Promise.reject(new Error('feed closed'))),
  ])
  return feed
}
