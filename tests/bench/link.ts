/// <reference path="../../server/tmux/node-pty.d.ts" />
import { once } from 'node:events'
import { spawn as spawnPty } from 'node-pty'
import WebSocket from 'ws'
import {
  LIMITS,
  SUBPROTOCOL,
  type TerminalFrame,
  TICKET_SUBPROTOCOL_PREFIX,
  type ViewerFrame,
} from '../../server/protocol.ts'
import type { Tmux } from '../support/tmux.ts'

/** A terminal as its viewer has it, whatever lies between the two. */
export interface Link {
  /** Bytes of output so far, as the terminal gets them. */
  readonly received: number
  /** Bytes that came over the network so far; those of `received` where there is no network. */
  wireBytes(): number
  /** Output from now on. One listener at a time; `undefined` takes it off. */
  listen(listener: ((bytes: Buffer) => void) | undefined): void
  send(bytes: Buffer): void
  /** Stops taking bytes from the network, as a frozen page does; `false` where there is none. */
  stall(on: boolean): void
  /** Ends it at once, without a word to the other side. */
  cut(): Promise<void>
}

/** Size of every viewed window of the bench. */
export const GRID = { cols: 120, rows: 40 } as const
/** A client is one row larger than the window it shows: tmux's status line. */
const CLIENT_ROWS = GRID.rows + 1
/** The page acknowledges what it drew at the latest so long after it came. */
const ACK_IDLE_MS = 30

interface Output {
  received: number
  listener: ((bytes: Buffer) => void) | undefined
}

function take(output: Output, bytes: Buffer): void {
  output.received += bytes.length
  output.listener?.(bytes)
}

/** node-pty on a tmux client inside this very process: nothing can be nearer to tmux. */
export async function openInProcess(tmux: Tmux, session: string): Promise<Link> {
  const output: Output = { received: 0, listener: undefined }
  const argv = ['-N', '-u', '-S', tmux.socketPath, 'attach', '-E', '-t', `${session}:`]
  const size = { cols: GRID.cols, rows: CLIENT_ROWS }
  const client = spawnPty('tmux', argv, {
    name: 'xterm-256color',
    ...size,
    env: tmux.env,
    // Bytes, not text; the type of the option knows only names of encodings.
    encoding: null,
  })
  // With `encoding: null` the data are buffers, whatever the type says.
  client.onData((bytes: unknown) => take(output, bytes as Buffer))
  const exited = new Promise<void>((resolve) => client.onExit(() => resolve()))
  return {
    get received() {
      return output.received
    },
    wireBytes: () => output.received,
    listen: (listener) => {
      output.listener = listener
    },
    send: (bytes) => client.write(bytes.toString()),
    stall: () => {},
    cut: async () => {
      client.kill('SIGKILL')
      await exited
    },
  }
}

/** Bytes that a socket got from the network, before decompression. */
function wireBytesOf(socket: WebSocket): number {
  // ws keeps its TCP socket to itself, and nothing else knows what compression saved.
  const tcp = (socket as unknown as { _socket: { bytesRead: number } | null })._socket
  return tcp?.bytesRead ?? 0
}

function linkOf(socket: WebSocket, output: Output, closed: () => void): Link {
  return {
    get received() {
      return output.received
    },
    wireBytes: () => wireBytesOf(socket),
    listen: (listener) => {
      output.listener = listener
    },
    send: (bytes) => socket.send(bytes),
    stall: (on) => (on ? socket.pause() : socket.resume()),
    cut: async () => {
      closed()
      if (socket.readyState === socket.CLOSED) return
      socket.resume()
      socket.terminate()
      await once(socket, 'close')
    },
  }
}

/** Through the bare bridge at `port` (`bare.mjs`). */
export async function openBare(port: number, session: string): Promise<Link> {
  const target = encodeURIComponent(`${session}:`)
  const socket = new WebSocket(
    `ws://127.0.0.1:${port}/?target=${target}&cols=${GRID.cols}&rows=${CLIENT_ROWS}`,
  )
  const output: Output = { received: 0, listener: undefined }
  socket.on('message', (bytes: Buffer) => take(output, bytes))
  await once(socket, 'open')
  return linkOf(socket, output, () => {})
}

export interface DogwatchTarget {
  /** Where the socket connects to: the server's port, or that of a relay before it. */
  port: number
  ticket: string
  pane: string
  session?: string
  /** Random id of the terminal; the same one after a reconnect. */
  viewer: string
}

/** Through dogwatch, as the page does it: acknowledges what it got, starts anew after a reset. */
export async function openDogwatch(target: DogwatchTarget): Promise<Link> {
  const { port, ticket, pane, session, viewer } = target
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws/terminal/${pane}`, [
    SUBPROTOCOL,
    `${TICKET_SUBPROTOCOL_PREFIX}${ticket}`,
  ])
  const output: Output = { received: 0, listener: undefined }
  let drawn = 0
  let acknowledged = 0
  let timer: NodeJS.Timeout | undefined
  const say = (frame: ViewerFrame) => {
    if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(frame))
  }
  const acknowledge = () => {
    clearTimeout(timer)
    timer = undefined
    if (drawn === acknowledged) return
    acknowledged = drawn
    say({ type: 'ack', bytes: drawn })
  }
  const ready = new Promise<void>((resolve, reject) => {
    socket.on('message', (bytes: Buffer, isBinary) => {
      if (isBinary) {
        drawn += bytes.length
        take(output, bytes)
        if (drawn - acknowledged >= LIMITS.ackBytes) acknowledge()
        else timer ??= setTimeout(acknowledge, ACK_IDLE_MS)
        return
      }
      const frame = JSON.parse(bytes.toString()) as TerminalFrame
      if (frame.type === 'ready') resolve()
      else if (frame.type === 'reset') {
        drawn = 0
        acknowledged = 0
      } else if (frame.type === 'error') reject(new Error(frame.message))
    })
    socket.on('close', (code, reason) => reject(new Error(`closed with ${code}: ${reason}`)))
    socket.on('error', reject)
  })
  await Promise.race([once(socket, 'open'), ready])
  say({ type: 'open', viewer, ...(session ? { session } : {}), ...GRID, rows: CLIENT_ROWS })
  await ready
  return linkOf(socket, output, () => clearTimeout(timer))
}
