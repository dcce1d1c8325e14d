import type { Context } from 'hono'
import type { WSEvents } from 'hono/ws'
import type { RawData, WebSocket } from 'ws'
import type { Env } from '../core/caller.ts'
import type { Connections } from '../core/connections.ts'
import type { Terminal, TerminalLink } from '../core/terminal.ts'
import { decodeViewerFrame } from '../core/viewer-frame.ts'
import type { Viewers } from '../core/viewers.ts'
import { keepAlive } from '../lib/keep-alive.ts'
import type { Log } from '../log.ts'
import { CLOSE, LIMITS, type ViewerFrame } from '../protocol.ts'

/** Frames below this go uncompressed: deflate costs more time than it saves bytes. */
const COMPRESS_FROM_BYTES = 1_024
/** A socket that says nothing is not kept. */
const OPEN_WITHIN_MS = 10_000
/** A peer that does not answer our close is cut off. */
const CLOSE_WITHIN_MS = 2_000

export interface TerminalSocketDeps {
  viewers: Viewers
  connections: Connections
  log: Log
}

/** `/ws/terminal/:pane`: the first frame opens, then bytes both ways. See `ViewerFrame` for the rest. */
export function terminalSocket(deps: TerminalSocketDeps): (c: Context<Env>) => WSEvents<WebSocket> {
  return (c) => {
    const device = c.get('device')
    const paneId = c.req.param('pane') ?? ''
    const over = new AbortController()
    return {
      onOpen(_event, context) {
        const socket = context.raw
        if (!socket) return context.close(CLOSE.internal, 'no socket')
        const link = makeLink(socket, over)
        const release = deps.connections.add(device.id, link.close)
        if (!release) return link.close(CLOSE.tooSlow, 'too many open sockets')
        // Counted until it is really closed, not until we want it to be.
        socket.once('close', release)
        keepAlive(socket, over.signal)
        const page = new Page({
          ...{ link, log: deps.log, signal: over.signal },
          open: (frame) =>
            deps.viewers.open({
              ...{ deviceId: device.id, scope: device.scope, frame, link },
              paneId: frame.pane ?? paneId,
            }),
        })
        socket.on('message', (data, isBinary) => page.take(data, isBinary))
      },
      onClose: () => over.abort(),
      onError: () => over.abort(),
    }
  }
}

type OpenFrame = Extract<ViewerFrame, { type: 'open' }>

interface PageOptions {
  link: TerminalLink
  log: Log
  /** The socket is closed, or about to be: nothing it still brings counts. */
  signal: AbortSignal
  open(frame: OpenFrame): Promise<Terminal | undefined>
}

/** What arrives from one page, checked and handed on. */
class Page {
  readonly #options: PageOptions
  readonly #patience: NodeJS.Timeout
  #state: 'new' | 'opening' | Terminal = 'new'
  #unknown = 0

  constructor(options: PageOptions) {
    this.#options = options
    this.#patience = setTimeout(() => this.#refuse('no open frame'), OPEN_WITHIN_MS)
    options.signal.addEventListener('abort', () => clearTimeout(this.#patience))
  }

  take(data: RawData, isBinary: boolean): void {
    if (this.#options.signal.aborted) return
    const bytes = Buffer.isBuffer(data) ? data : Buffer.concat([data].flat().map(toBuffer))
    if (isBinary) this.#takeKeys(bytes)
    else this.#takeText(bytes)
  }

  #takeKeys(bytes: Buffer): void {
    if (typeof this.#state === 'string') this.#refuse('keys before ready')
    else if (bytes.length > LIMITS.keyFrameBytes) this.#refuse('key frame too large')
    else if (bytes.length > 0) this.#state.type(bytes)
  }

  #takeText(bytes: Buffer): void {
    const decoded =
      bytes.length > LIMITS.textFrameBytes ? 'bad' : decodeViewerFrame(bytes.toString('utf8'))
    if (decoded === 'bad') this.#refuse('not a frame')
    else if (decoded === 'unknown') this.#noteUnknown()
    else this.#takeFrame(decoded.frame)
  }

  #takeFrame(frame: ViewerFrame): void {
    if (typeof this.#state !== 'string') this.#state.take(frame)
    else if (frame.type === 'open' && this.#state === 'new') void this.#open(frame)
    else if (frame.type !== 'ping') this.#refuse('open comes first')
  }

  /** A newer page may say more than we understand; once is enough to know of it. */
  #noteUnknown(): void {
    this.#unknown += 1
    if (this.#unknown === 1) this.#options.log.info({}, 'a frame of an unknown type was ignored')
  }

  async #open(frame: OpenFrame): Promise<void> {
    const { link, log, open, signal } = this.#options
    this.#state = 'opening'
    clearTimeout(this.#patience)
    // Nothing else is read until the page knows where to go on.
    link.hold(true)
    try {
      const terminal = await open(frame)
      if (!terminal) return
      this.#state = terminal
      if (signal.aborted) await terminal.close()
      else signal.addEventListener('abort', () => void terminal.close())
    } catch (error) {
      log.error({ error }, 'opening a terminal failed')
      this.#refuse('internal error', CLOSE.internal)
    } finally {
      link.hold(false)
    }
  }

  #refuse(reason: string, code: number = CLOSE.badFrame): void {
    this.#options.link.close(code, reason)
  }
}

function makeLink(socket: WebSocket, over: AbortController): TerminalLink {
  const isOpen = () => socket.readyState === socket.OPEN
  return {
    sendFrame(frame) {
      if (isOpen()) socket.send(JSON.stringify(frame), { compress: false })
    },
    sendBytes(bytes) {
      const compress = bytes.length >= COMPRESS_FROM_BYTES
      if (isOpen()) socket.send(bytes, { binary: true, compress })
    },
    backlog: () => socket.bufferedAmount,
    hold(isHeld) {
      if (isHeld) socket.pause()
      else socket.resume()
    },
    close(code, reason) {
      over.abort()
      // A paused socket would never read the other end's answer.
      socket.resume()
      socket.close(code, reason)
      const timer = setTimeout(() => socket.terminate(), CLOSE_WITHIN_MS)
      socket.once('close', () => clearTimeout(timer))
    },
  }
}

function toBuffer(data: ArrayBuffer | Buffer): Buffer {
  return Buffer.isBuffer(data) ? data : Buffer.from(data)
}
