import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

export interface LinkSpeed {
  /** Both ways together. */
  roundTripMs: number
  /** In each direction. */
  bitsPerSecond: number
  /** Bytes that wait for the line, beyond which the sender is held back. */
  queueBytes: number
}

/** A phone in a train. */
export const TRAIN: LinkSpeed = {
  roundTripMs: 300,
  bitsPerSecond: 1_500_000,
  queueBytes: 65_536,
}

export interface SlowLink {
  readonly port: number
  /** Bytes that were carried so far, in each direction. */
  carried(): { up: number; down: number }
  [Symbol.asyncDispose](): Promise<void>
}

/** Bytes of one packet on the line. */
const SEGMENT_BYTES = 1_460

/**
 * A line to 127.0.0.1:`port`. A byte leaves when the line has carried those before it, and arrives
 * half a round trip later; the first byte of a connection waits a round trip more, for the handshake
 * that the kernel does at once here. Nothing is lost: a full queue stops the reading, so that
 * more piles up in the kernel's buffers, which is what happens to a sender on a real slow line.
 * All connections share the line.
 */
export async function startSlowLink(port: number, speed: LinkSpeed = TRAIN): Promise<SlowLink> {
  const sockets = new Set<Socket>()
  const lines = { up: { freeAt: 0, bytes: 0 }, down: { freeAt: 0, bytes: 0 } }
  const server = createServer({ noDelay: true }, (near) => {
    const far = connect({ port, host: '127.0.0.1', noDelay: true })
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket))
      // A line that breaks breaks on both sides; which of them first is of no interest here.
      socket.on('error', () => socket.destroy())
    }
    const openAt = performance.now() + speed.roundTripMs
    carry(near, far, lines.up, speed, openAt)
    carry(far, near, lines.down, speed, openAt)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('invariant: no port')
  return {
    port: address.port,
    carried: () => ({ up: lines.up.bytes, down: lines.down.bytes }),
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

/** One direction of one connection. */
function carry(
  from: Socket,
  to: Socket,
  line: { freeAt: number; bytes: number },
  speed: LinkSpeed,
  openAt: number,
): void {
  const msPerByte = 8_000 / speed.bitsPerSecond
  const delay = speed.roundTripMs / 2
  const flying: { bytes: Buffer; leavesAt: number; arrivesAt: number }[] = []
  let timer: NodeJS.Timeout | undefined
  let waiting = 0

  const move = () => {
    timer = undefined
    const now = performance.now()
    // What has left the queue makes room for more, half a round trip before it arrives.
    waiting = 0
    for (const segment of flying) if (segment.leavesAt > now) waiting += segment.bytes.length
    while (flying[0] && flying[0].arrivesAt <= now) to.write(flying.shift()?.bytes ?? '')
    if (waiting < speed.queueBytes) from.resume()
    const first = flying[0]
    if (first) timer = setTimeout(move, Math.max(1, Math.min(5, first.arrivesAt - now)))
  }

  from.on('data', (bytes: Buffer) => {
    line.bytes += bytes.length
    for (let at = 0; at < bytes.length; at += SEGMENT_BYTES) {
      const segment = bytes.subarray(at, at + SEGMENT_BYTES)
      line.freeAt = Math.max(line.freeAt, performance.now()) + segment.length * msPerByte
      const arrivesAt = Math.max(line.freeAt, openAt) + delay
      flying.push({ bytes: segment, leavesAt: line.freeAt, arrivesAt })
      waiting += segment.length
    }
    if (waiting >= speed.queueBytes) from.pause()
    if (timer === undefined) timer = setTimeout(move, 1)
  })
  from.on('end', () => {
    const last = flying.at(-1)?.arrivesAt ?? performance.now() + delay
    setTimeout(() => to.end(), Math.max(0, last - performance.now()) + 5)
  })
  from.on('close', () => {
    if (!from.readableEnded) to.destroy()
  })
  to.on('close', () => {
    clearTimeout(timer)
    flying.length = 0
  })
}
