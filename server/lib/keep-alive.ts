import type { WebSocket } from 'ws'

/** A half-open socket behind an SSH forward is never noticed by TCP; pings notice it. */
const PING_MS = 12_000
const MAX_MISSED = 2

/** Pings until the signal aborts; a peer that misses two in a row is cut off (milliseconds). */
export function keepAlive(socket: WebSocket, signal: AbortSignal, pingMs = PING_MS): void {
  let missed = 0
  const onPong = () => {
    missed = 0
  }
  socket.on('pong', onPong)
  const timer = setInterval(() => {
    if (missed >= MAX_MISSED) return socket.terminate()
    missed += 1
    socket.ping()
  }, pingMs)
  signal.addEventListener(
    'abort',
    () => {
      clearInterval(timer)
      socket.off('pong', onPong)
    },
    { once: true },
  )
}
