import { expect, test } from 'playwright/test'
import { LIMITS, type TerminalFrame, type ViewerFrame } from '../../server/protocol.ts'
import type { Socket, SocketOptions } from '../../web/state/socket.ts'
import { TerminalLink } from '../../web/terminal/link.ts'
import type { LinkView } from '../../web/terminal/types.ts'

/** A link whose far end is this test: it says what the server would and sees what would be sent. */
function openLink() {
  const life = new AbortController()
  const frames: ViewerFrame[] = []
  const typed: string[] = []
  const drawn: string[] = []
  const undrawn: (() => void)[] = []
  const clock = { now: 1_000 }
  const views: LinkView[] = []
  const told: SocketOptions<TerminalFrame>[] = []
  const socket: Socket = {
    state: { name: 'open' },
    buffered: 0,
    send(data) {
      if (data instanceof Uint8Array) typed.push(new TextDecoder().decode(data))
      else frames.push(data as ViewerFrame)
      return true
    },
    retry() {},
  }
  const link = new TerminalLink({
    paneId: 'p1',
    sessionId: 's1',
    viewer: 'viewer-1',
    signal: life.signal,
    canvas: {
      cols: 80,
      rows: 24,
      write(bytes, done) {
        drawn.push(new TextDecoder().decode(bytes))
        undrawn.push(done)
      },
      reset: () => drawn.push('<reset>'),
      resize: (cols, rows) => drawn.push(`<${cols}x${rows}>`),
    },
    connect(path, options) {
      expect(typeof path === 'string' ? path : path()).toBe('/ws/terminal/p1')
      told.push(options)
      return socket
    },
    onChange: (view) => views.push(view),
    onShowing() {},
    now: () => clock.now,
  })
  const [server] = told
  if (!server) throw new Error('invariant: the link connects at once')
  return {
    link,
    frames,
    typed,
    drawn,
    clock,
    server,
    /** Lets the emulator finish everything it was given. */
    finishDrawing() {
      for (const done of undrawn.splice(0)) done()
    },
    ready(inputAt?: number, readOnly = false) {
      server.onState({ name: 'open' })
      server.onOpen?.()
      server.onFrame({ type: 'ready', cols: 80, rows: 24, readOnly, mode: 'client', inputAt })
    },
    lose: () => server.onState({ name: 'waiting', attempt: 1, retryAt: 0 }),
    type: (text: string) => link.type(new TextEncoder().encode(text)),
    output: (size: number) => server.onBytes?.(new Uint8Array(size).fill(120)),
    [Symbol.dispose]: () => life.abort(),
  }
}

test('the first frame names the viewer, and keys wait until the server is ready', () => {
  using end = openLink()
  end.type('early')
  expect(end.typed).toEqual([])
  expect(end.link.view.held).toMatchObject({ bytes: 5, preview: 'early', asking: false })
  end.ready()
  expect(end.frames[0]).toMatchObject({ type: 'open', viewer: 'viewer-1', session: 's1' })
  expect(end.typed).toEqual(['early'])
  expect(end.link.view.held).toBeUndefined()
})

test('keys of a short outage are sent by themselves, those of a long one only when asked', () => {
  using end = openLink()
  end.ready()
  end.lose()
  end.type('a')
  end.clock.now += 9_000
  end.ready(0)
  expect(end.typed).toEqual(['a'])
  end.server.onFrame({ type: 'input-ack', at: 1 })
  end.lose()
  end.type('b')
  end.clock.now += 11_000
  end.ready(1)
  expect(end.typed).toEqual(['a'])
  expect(end.link.view.held).toMatchObject({ bytes: 1, asking: true })
  // What is typed while the question stands waits in line.
  end.type('c')
  expect(end.typed).toEqual(['a'])
  end.link.sendHeld()
  expect(end.typed).toEqual(['a', 'b', 'c'])
})

test('after a restart of the server what was on the way is counted and not sent again', () => {
  using end = openLink()
  end.ready()
  end.type('sent')
  end.lose()
  end.type('later')
  end.ready(undefined)
  expect(end.typed).toEqual(['sent', 'later'])
  expect(end.link.view.uncertain).toBe(4)
  end.link.acknowledgeNotices()
  expect(end.link.view.uncertain).toBe(0)
})

test('a device that may only watch sends no byte, not even of what it typed before it knew', () => {
  using end = openLink()
  end.type('early')
  end.ready(undefined, true)
  expect(end.type('more')).toBe(false)
  expect(end.typed).toEqual([])
  expect(end.link.view.held).toBeUndefined()
})

test('bytes are acknowledged when they are drawn, not when they arrive', async () => {
  using end = openLink()
  end.ready()
  const acks = () => end.frames.filter((frame) => frame.type === 'ack')
  end.output(LIMITS.ackBytes)
  expect(acks()).toEqual([])
  end.finishDrawing()
  expect(acks()).toEqual([{ type: 'ack', bytes: LIMITS.ackBytes }])
  end.output(10)
  end.finishDrawing()
  await expect.poll(acks).toContainEqual({ type: 'ack', bytes: LIMITS.ackBytes + 10 })
})

test('after a reset counting starts anew, and what was drawn before it counts for nothing', () => {
  using end = openLink()
  end.ready()
  end.output(50_000)
  end.server.onFrame({ type: 'reset' })
  end.finishDrawing()
  expect(end.frames.filter((frame) => frame.type === 'ack')).toEqual([])
  end.output(20_000)
  end.finishDrawing()
  expect(end.frames.at(-1)).toEqual({ type: 'ack', bytes: 20_000 })
})

test('the old screen stays until the first bytes of the new one', () => {
  using end = openLink()
  end.ready()
  end.output(1)
  expect(end.drawn).toEqual(['<80x24>', '<reset>', 'x'])
  end.lose()
  end.ready(0)
  expect(end.drawn).toEqual(['<80x24>', '<reset>', 'x', '<80x24>'])
  end.output(1)
  expect(end.drawn.slice(-2)).toEqual(['<reset>', 'x'])
})

test('when the session is gone nothing is typed or held any more', () => {
  using end = openLink()
  end.ready()
  end.server.onFrame({ type: 'gone', reason: 'session-ended' })
  expect(end.type('x')).toBe(false)
  expect(end.link.view).toMatchObject({ gone: 'session-ended', ready: false, held: undefined })
  expect(end.server.signal.aborted).toBe(true)
})
