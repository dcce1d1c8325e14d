import { once } from 'node:events'
import { createServer as createHttpServer, type IncomingMessage } from 'node:http'
import { connect, createServer, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import WebSocket, { WebSocketServer } from 'ws'
import { type FeedFrame, SUBPROTOCOL } from '../../server/protocol.ts'

/** A frame of the feed and when it came, milliseconds after the recording began. */
interface Heard {
  at: number
  frame: FeedFrame & { epoch: number }
}

/**
 * A port before dogwatch's that carries everything as it is, and the feed frame by frame: what a
 * page hears can be recorded and be said again, without the work by which the server came to say it.
 */
export interface FeedRelay {
  readonly port: number
  /** Records what the feed says from now on; what is returned ends it and gives the recording. */
  record(): () => readonly Heard[]
  /** Says a recording again, each frame at its time. Resolves after the last of them. */
  replay(heard: readonly Heard[]): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

const FEED = Buffer.from('GET /ws/feed ')

export async function startFeedRelay(target: number): Promise<FeedRelay> {
  const sockets = new Set<Socket>()
  const pages = new Set<WebSocket>()
  const listeners = new Set<(frame: Heard['frame']) => void>()
  // A page takes no frame that is older than what it knows: what we say is numbered with the rest.
  let epoch = 0
  const say = (text: string) => {
    for (const page of pages) page.send(text)
  }
  const hear = (text: string): string => {
    const frame = JSON.parse(text) as FeedFrame
    if (!('epoch' in frame)) return text
    epoch = Math.max(epoch + 1, frame.epoch)
    if (frame.type !== 'hello') for (const listener of listeners) listener(frame)
    return JSON.stringify({ ...frame, epoch })
  }

  const upgrades = new WebSocketServer({ noServer: true, handleProtocols: () => SUBPROTOCOL })
  const http = createHttpServer()
  http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const words = request.headers['sec-websocket-protocol']?.split(', ') ?? []
    const origin = `http://127.0.0.1:${target}`
    const far = new WebSocket(`ws://127.0.0.1:${target}/ws/feed`, words, { origin })
    far.once('open', () => {
      upgrades.handleUpgrade(request, socket, head, (page) => {
        pages.add(page)
        page.on('message', (data) => far.send(`${data}`))
        page.on('close', () => {
          pages.delete(page)
          far.close()
        })
        far.on('message', (data) => page.send(hear(`${data}`)))
        far.on('close', () => page.close())
      })
    })
    far.on('error', () => socket.destroy())
  })

  const front = createServer({ noDelay: true }, (near) => {
    sockets.add(near)
    near.on('close', () => sockets.delete(near))
    // A page that goes breaks its lines; nobody waits for what was on them.
    near.on('error', () => near.destroy())
    near.once('data', (first) => {
      near.pause()
      if (first.subarray(0, FEED.length).equals(FEED)) {
        near.unshift(first)
        http.emit('connection', near)
        near.resume()
        return
      }
      const far = connect({ port: target, host: '127.0.0.1', noDelay: true })
      far.on('error', () => near.destroy())
      far.write(first)
      near.pipe(far).pipe(near)
    })
  })
  front.listen(0, '127.0.0.1')
  await once(front, 'listening')
  const address = front.address()
  if (address === null || typeof address === 'string') throw new Error('invariant: no port')

  return {
    port: address.port,
    record() {
      const heard: Heard[] = []
      const began = performance.now()
      const listener = (frame: Heard['frame']) => {
        heard.push({ at: performance.now() - began, frame })
      }
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
        return heard
      }
    },
    async replay(heard) {
      const texts = heard.map(({ at, frame }) => {
        epoch += 1
        return { at, text: JSON.stringify({ ...frame, epoch }) }
      })
      const began = performance.now()
      for (const { at, text } of texts) {
        const ahead = at - (performance.now() - began)
        if (ahead > 1) await wait(ahead)
        say(text)
      }
    },
    async [Symbol.asyncDispose]() {
      const closed = once(front, 'close')
      front.close()
      for (const page of pages) page.terminate()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}
