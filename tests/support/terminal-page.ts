import headless from '@xterm/headless'
import { expect } from 'playwright/test'
import { WebSocket } from 'ws'
import { LIMITS, type TerminalFrame, type ViewerFrame } from '../../server/protocol.ts'

export interface PageOptions {
  port: number
  /** Our id of the pane. */
  paneId: string
  session?: string
  viewer?: string
  device?: string
  scope?: string
  cols?: number
  rows?: number
  /** Draws and acknowledges nothing until told otherwise. */
  stalled?: boolean
  /** Return before the server said `ready`. */
  eager?: boolean
}

/** A page's end of a terminal: a real terminal emulator, real acknowledgements, no pixels. */
export interface Page {
  readonly paneId: string
  readonly socket: WebSocket
  readonly terminal: headless.Terminal
  readonly frames: TerminalFrame[]
  /** Bytes that arrived, drawn or not. */
  received(): number
  /** The last frame of a type. */
  last<T extends TerminalFrame['type']>(type: T): Extract<TerminalFrame, { type: T }> | undefined
  send(frame: ViewerFrame): void
  /** Types bytes in frames as large as allowed; a lone ESC is a frame of its own. */
  type(bytes: string | Uint8Array): void
  /** Rows of the screen, blanks at their ends removed. */
  rows(): string[]
  text(): string
  /** Begins to draw and acknowledge, or stops to. */
  stall(isStalled: boolean): void
  closed(): { code: number; reason: string } | undefined
  /** Cuts the connection without a word. */
  drop(): void
}

export async function openPage(options: PageOptions): Promise<Page> {
  const { port, paneId, session, viewer = randomId(), cols = 80, rows = 24 } = options
  const query = new URLSearchParams({
    scope: options.scope ?? 'full',
    device: options.device ?? 'd1',
  })
  const url = `ws://127.0.0.1:${port}/ws/terminal/${paneId}?${query}`
  const socket = new WebSocket(url, ['dogwatch.v1'])
  const terminal = new headless.Terminal({ cols, rows, allowProposedApi: true, scrollback: 0 })
  const frames: TerminalFrame[] = []
  let [received, drawn, generation] = [0, 0, 0]
  let stalled = options.stalled ?? false
  let waiting: Buffer[] = []
  let closed: { code: number; reason: string } | undefined

  const draw = (bytes: Buffer) => {
    const from = generation
    terminal.write(bytes, () => {
      if (from !== generation) return
      drawn += bytes.length
      page.send({ type: 'ack', bytes: drawn })
    })
  }
  const begin = () => {
    generation += 1
    drawn = 0
    waiting = []
    terminal.write('\x1bc')
  }
  socket.on('message', (data, isBinary) => {
    const bytes = Buffer.isBuffer(data) ? data : Buffer.alloc(0)
    if (isBinary) {
      received += bytes.length
      if (stalled) waiting.push(bytes)
      else draw(bytes)
      return
    }
    const frame = JSON.parse(bytes.toString()) as TerminalFrame
    frames.push(frame)
    if (frame.type === 'ready' || frame.type === 'reset') begin()
    // After what was written before, as the page does it too.
    if (frame.type === 'ready' || frame.type === 'resize') {
      terminal.write('', () => terminal.resize(frame.cols, frame.rows))
    }
  })
  socket.on('close', (code, reason) => {
    closed = { code, reason: reason.toString() }
  })
  socket.on('error', () => {})

  const page: Page = {
    ...{ socket, terminal, frames, paneId },
    received: () => received,
    last: (type) => frames.filter((frame) => frame.type === type).at(-1) as never,
    send: (frame) => {
      if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(frame))
    },
    type(input) {
      const bytes = Buffer.from(input)
      for (let at = 0; at < bytes.length; at += LIMITS.keyFrameBytes) {
        socket.send(bytes.subarray(at, at + LIMITS.keyFrameBytes))
      }
    },
    rows() {
      const { active } = terminal.buffer
      return Array.from({ length: terminal.rows }, (_, row) =>
        (active.getLine(active.viewportY + row)?.translateToString(true) ?? '').trimEnd(),
      )
    },
    text: () => page.rows().join('\n'),
    stall(isStalled) {
      stalled = isStalled
      if (stalled) return
      for (const bytes of waiting.splice(0)) draw(bytes)
    },
    closed: () => closed,
    drop: () => socket.terminate(),
  }
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve())
    socket.once('error', reject)
  })
  page.send({ type: 'open', viewer, ...(session ? { session } : {}), cols, rows })
  if (!options.eager) {
    await expect.poll(() => page.last('ready') ?? page.closed(), { timeout: 15_000 }).toBeDefined()
    if (!page.last('ready')) throw new Error(`no ready: ${JSON.stringify([closed, frames])}`)
  }
  return page
}

export function randomId(): string {
  return crypto.randomUUID()
}
