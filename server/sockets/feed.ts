import type { Context } from 'hono'
import type { WSEvents } from 'hono/ws'
import type { WebSocket } from 'ws'
import type { Env } from '../core/caller.ts'
import type { Connections } from '../core/connections.ts'
import { type HelloDeps, sayHello } from '../core/hello.ts'
import type { Looks } from '../core/looks.ts'
import { keepAlive } from '../lib/keep-alive.ts'
import { CLOSE, type FeedClientFrame, type FeedFrame, LIMITS } from '../protocol.ts'

/** A page this far behind starts anew from a fresh `hello`, which is smaller than its backlog. */
const MAX_BACKLOG_BYTES = 1_048_576

/** Frames below this go uncompressed: deflate costs more time than it saves bytes. */
const COMPRESS_FROM_BYTES = 1_024

export interface FeedDeps extends HelloDeps {
  connections: Connections
  looks: Looks
}

/**
 * `/ws/feed`: `hello` with everything, then one frame per change. Subscribes before it reads, so
 * nothing falls between the two; a change that is in both arrives twice, which frames allow.
 */
export function feedSocket(deps: FeedDeps): (c: Context<Env>) => WSEvents<WebSocket> {
  const pages = new Set<(text: string) => void>()
  deps.registry.frames.on((frame) => {
    if (pages.size === 0) return
    const text = JSON.stringify(frame)
    for (const send of pages) send(text)
  })

  return (c) => {
    const device = c.get('device')
    const closed = new AbortController()
    return {
      onOpen(_event, context) {
        const socket = context.raw
        if (!socket) return context.close(CLOSE.internal, 'no socket')
        const release = deps.connections.add(device.id, (code, reason) =>
          context.close(code, reason),
        )
        if (!release) return context.close(CLOSE.tooSlow, 'too many open sockets')
        closed.signal.addEventListener('abort', release)
        keepAlive(socket, closed.signal)
        const send = (text: string) => {
          if (socket.readyState !== socket.OPEN) return
          if (socket.bufferedAmount > MAX_BACKLOG_BYTES) {
            return context.close(CLOSE.tooSlow, 'too far behind')
          }
          socket.send(text, { compress: text.length >= COMPRESS_FROM_BYTES })
        }
        pages.add(send)
        closed.signal.addEventListener('abort', () => pages.delete(send))
        closed.signal.addEventListener('abort', () => deps.looks.note(closed, false))
        send(JSON.stringify(sayHello(deps, device.scope)))
      },
      onMessage(event, context) {
        const ping = decodePing(event.data)
        if (!ping) return context.close(CLOSE.badFrame, 'the feed takes only ping frames')
        deps.looks.note(closed, ping.looks === true)
        context.send(JSON.stringify({ type: 'pong', at: ping.at } satisfies FeedFrame))
      },
      onClose: () => closed.abort(),
      onError: () => closed.abort(),
    }
  }
}

function decodePing(data: unknown): FeedClientFrame | undefined {
  if (typeof data !== 'string' || data.length > LIMITS.textFrameBytes) return undefined
  try {
    const frame: unknown = JSON.parse(data)
    if (typeof frame !== 'object' || frame === null) return undefined
    const { type, at, looks } = frame as { type?: unknown; at?: unknown; looks?: unknown }
    const isPing = type === 'ping' && typeof at === 'number'
    return isPing ? { type, at, looks: looks === true } : undefined
  } catch {
    // Not JSON: the same answer as any other frame that is no ping.
    return undefined
  }
}
