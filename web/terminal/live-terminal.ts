import type { Scope } from '../../server/protocol.ts'
import { takeEarlySocket } from '../state/early-socket.ts'
import { openSocket } from '../state/socket.ts'
import { bindKeyboard } from './keyboard.ts'
import { keyText, modifyText } from './keys.ts'
import { type Layout, makeLayout } from './layout.ts'
import { TerminalLink } from './link.ts'
import { makeOwner } from './owner.ts'
import { readScreen } from './pane-api.ts'
import { bindPointer } from './pointer.ts'
import { createScreen, type Screen } from './screen.ts'
import { bindSoftKeyboard } from './soft-keyboard.ts'
import type { Sticky } from './sticky.ts'
import { bindTouch } from './touch.ts'
import type { LinkView } from './types.ts'

/** The live screen: grid, link, layout, keys, mouse and touch wired together for one pane. */

export interface LiveOptions {
  paneId: string
  sessionId: string
  scope: Scope
  /** The visible box; `stage` moves in it and `host` holds the grid. */
  slot: HTMLElement
  stage: HTMLElement
  host: HTMLElement
  sticky: Sticky
  signal: AbortSignal
  preferredSize(): number
  /** Other terminals are in sight too. */
  isBeside(): boolean
  onView(view: LinkView): void
  onLayout(fontSize: number): void
  onShowing(paneId: string): void
  onPaste(text: string): void
  onHistory(): void
  onSwipe(to: 'left' | 'right'): void
  onLink(text: string): void
  onCopyOffer(text: string): void
  onCopied(): void
}

export interface LiveTerminal {
  readonly screen: Screen
  readonly link: TerminalLink
  readonly layout: Layout
  key(name: Parameters<typeof keyText>[0]): void
  /** Takes or gives back the lease, at the size of the slot. */
  fit(on: boolean): void
}

/** A window that is dragged larger asks for one new size, not for fifty; milliseconds. */
const REFIT_MS = 250
/** The picture follows the cursor for so long after a key, where it does not fit; milliseconds. */
const FOLLOW_MS = 2_000

export function startLive(options: LiveOptions): LiveTerminal {
  const { slot, stage, host, signal } = options
  const readOnly = options.scope === 'watch'
  const encoder = new TextEncoder()
  let typedAt = Number.NEGATIVE_INFINITY
  let shown = options.paneId
  let lease: LinkView['lease'] | undefined
  /** The grid for which the window was asked last. */
  let asked: { cols: number; rows: number } | undefined
  let isGivenBack = false
  let refit: ReturnType<typeof setTimeout> | undefined

  const screen = createScreen(
    host,
    {
      cols: 80,
      rows: 24,
      fontSize: options.preferredSize(),
      scrollback: 0,
      readOnly,
      onLink: options.onLink,
      onCopyOffer: options.onCopyOffer,
      onMeasured: () => layout.apply(),
    },
    signal,
  )
  const { terminal } = screen
  const layout = makeLayout(
    ...([slot, stage, screen, options.preferredSize, options.isBeside] as const),
    () => options.onLayout(layout.fontSize),
  )

  const link = new TerminalLink({
    paneId: options.paneId,
    sessionId: options.sessionId,
    viewer: crypto.getRandomValues(new Uint32Array(4)).join('-'),
    canvas: screen.canvas,
    signal,
    connect: openSocket,
    early: () => takeEarlySocket(options.sessionId),
    onChange(view) {
      options.onView(view)
      if (view.lease === lease) return
      lease = view.lease
      // The slot may have another size than when the window was asked for.
      const { cols, rows } = layout.slotGrid()
      if (asked && (asked.cols !== cols || asked.rows !== rows)) refitSoon()
    },
    onShowing(pane) {
      shown = pane
      options.onShowing(pane)
    },
  })

  const send = (text: string) => {
    typedAt = performance.now()
    link.type(encoder.encode(text))
  }
  const typeKey = (text: string) => {
    // A paste or a composed word is no key: modifiers wait for the next one.
    const isKey = [...text].length === 1
    send(isKey ? modifyText(text, options.sticky.take()) : text)
  }
  terminal.onData(typeKey)

  const isSoftKey = bindSoftKeyboard(terminal, typeKey, signal)
  const { onPaste, onHistory, onCopied } = options
  bindKeyboard(terminal, host, { isSoftKey, onPaste, onHistory, onCopied }, signal)
  const owner = makeOwner(() => readScreen(shown, 'plain', signal))
  bindPointer(
    screen,
    host,
    { owner, onReport: send, onHistory: options.onHistory, onPan: layout.pan },
    signal,
  )
  bindTouch(
    slot,
    {
      onTap: () => terminal.focus(),
      onReset: () => layout.toggle(),
      onPinch: (factor, x, y) => layout.zoom(factor, x, y),
      onPan: (dx, dy) => layout.pan(dx, dy),
      onSwipeSide: options.onSwipe,
      async onSwipeDown() {
        const { alternate, mouse } = await owner.fresh()
        if (signal.aborted) return
        if (!alternate && !mouse) options.onHistory()
        else send(keyText('PageUp', { ctrl: false, alt: false }, false))
      },
    },
    signal,
  )

  terminal.onCursorMove(() => {
    if (performance.now() - typedAt < FOLLOW_MS) layout.followCursor()
    else layout.stayAtCursor()
  })
  terminal.onResize(() => layout.apply())

  const fit = (on: boolean) => {
    // A new size that was to follow would take the window again after it was given back.
    clearTimeout(refit)
    isGivenBack = !on
    asked = layout.slotGrid()
    link.fit(on, asked.cols, asked.rows)
  }
  const refitSoon = () => {
    clearTimeout(refit)
    // A split that opens makes the slot small: the window keeps the size that it was given alone.
    if (isGivenBack || link.view.lease.holder !== 'you' || options.isBeside()) return
    refit = setTimeout(() => fit(true), REFIT_MS)
  }
  const observer = new ResizeObserver(() => {
    layout.apply()
    if (performance.now() - typedAt < FOLLOW_MS) layout.followCursor()
    refitSoon()
  })
  observer.observe(slot)
  signal.addEventListener(
    'abort',
    () => {
      observer.disconnect()
      clearTimeout(refit)
    },
    { once: true },
  )
  layout.apply()

  return {
    screen,
    link,
    layout,
    key(name) {
      const { applicationCursorKeysMode } = terminal.modes
      send(keyText(name, options.sticky.take(), applicationCursorKeysMode))
    },
    fit,
  }
}
