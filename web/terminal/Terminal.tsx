import {
  createEffect,
  createMemo,
  createSignal,
  type JSX,
  Match,
  on,
  onCleanup,
  onMount,
  Show,
  Suspense,
  Switch,
} from 'solid-js'
import { part } from '../ui/part.tsx'
import { copyText, readClipboard } from './clipboard.ts'
import { fontsReady } from './fonts.ts'
import { type LiveTerminal, startLive } from './live-terminal.ts'
import type { Ask } from './Offers.tsx'
import { judgePaste } from './paste.ts'
import { useGraphics } from './renderer.ts'
import { Strip } from './Strip.tsx'
import { createSticky } from './sticky.ts'
import type { LinkView, TerminalHandle, TerminalProps, TerminalState } from './types.ts'
import { safeUrl } from './urls.ts'

const HistoryView = part('HistoryView', () => import('./HistoryView.tsx'))
const TextView = part('TextView', () => import('./TextView.tsx'))
const Offers = part('Offers', () => import('./Offers.tsx'))

const DEFAULT_SIZE = 13
const NOTE_MS = 4_000

/**
 * A tmux session's live terminal. When the session's current pane changes, the same view follows
 * it; it starts anew only when another session or a pane that is not in front is asked for.
 */
export function Terminal(props: TerminalProps): JSX.Element {
  const [shown, setShown] = createSignal<string>()
  const target = createMemo<{ pane: string; session: string }>((before) => {
    const pane = props.paneId
    const session = props.sessionId
    if (before && before.session === session && (pane === before.pane || pane === shown())) {
      return before
    }
    return { pane, session }
  })
  return (
    <Show when={target()} keyed>
      {({ pane, session }) => (
        <LiveView
          {...props}
          paneId={pane}
          sessionId={session}
          onShowing={(id) => {
            setShown(id)
            props.onShowing?.(id)
          }}
        />
      )}
    </Show>
  )
}

/**
 * Whether a terminal may take the focus by itself. What was opened or typed into while it loaded
 * keeps it: a menu closes and a field loses its keys when the focus leaves. So does a list that
 * somebody walks on in: the next key would go to the program. `from`: what had the focus when the
 * terminal came into sight.
 */
function isFocusFree(from: Element | null | undefined): boolean {
  const used = 'input, select, textarea, [role^="menu"], [role="dialog"], [role="dialog"] *'
  const now = document.activeElement
  if (now === null || now.closest('.xterm') !== null) return true
  return !now.matches(used) && (from === undefined || now === from || now.closest('nav') === null)
}

const START: LinkView = {
  socket: { name: 'connecting', attempt: 1 },
  ready: false,
  readOnly: true,
  mode: 'client',
  cols: 80,
  rows: 24,
  lease: { holder: 'none' },
  uncertain: 0,
}

function LiveView(props: TerminalProps): JSX.Element {
  const life = new AbortController()
  onCleanup(() => life.abort())
  const [link, setLink] = createSignal<LinkView>(START)
  const [shown, setShown] = createSignal(props.paneId)
  const [fontSize, setFontSize] = createSignal(props.fontSize ?? DEFAULT_SIZE)
  const [view, setView] = createSignal<TerminalState['view']>('live')
  const [ask, setAsk] = createSignal<Ask>()
  const [note, setNote] = createSignal<string>()
  const [live, setLive] = createSignal<LiveTerminal>()
  const sticky = createSticky()
  let slot: HTMLDivElement | undefined
  let stage: HTMLDivElement | undefined
  let host: HTMLDivElement | undefined

  const readOnly = () => props.scope === 'watch' || (link().ready && link().readOnly)

  /** Where there is a keyboard. On a touch screen the focus opens one, over half of what is shown. */
  const focusUnasked = () => {
    if (!matchMedia('(pointer: coarse)').matches) live()?.screen.terminal.focus()
  }

  const tell = (text: string) => {
    setNote(text)
    const timer = setTimeout(() => setNote(undefined), NOTE_MS)
    life.signal.addEventListener('abort', () => clearTimeout(timer), { once: true })
  }

  const paste = (text: string) => {
    if (readOnly()) return tell('This device may only watch; nothing was pasted.')
    const verdict = judgePaste(text)
    switch (verdict.name) {
      case 'empty':
        return tell('The clipboard holds no text.')
      case 'send':
        live()?.screen.terminal.paste(verdict.text)
        return
      case 'ask':
      case 'refuse':
        setAsk({ type: 'paste', verdict })
        return
      default:
        verdict satisfies never
    }
  }

  const handle: TerminalHandle = {
    sticky,
    focus: () => live()?.screen.terminal.focus(),
    key: (name) => {
      if (!readOnly()) live()?.key(name)
    },
    paste,
    async pasteClipboard() {
      const text = await readClipboard()
      if (text !== undefined) paste(text)
      else
        tell('The browser does not let this page read the clipboard. Paste into the message box.')
    },
    fit(on) {
      live()?.fit(on)
      focusUnasked()
    },
    show(next) {
      setView(next)
      if (next === 'live') focusUnasked()
    },
    cursorLine: () => live()?.screen.cursorLine(),
    reconnect: () => live()?.link.reconnect(),
  }

  // Whoever is at work here may paste or press a link next: what asks first is there by then.
  const prepare = () => void Offers.preload()
  onMount(async () => {
    props.onHandle?.(handle)
    for (const type of ['keydown', 'pointerdown'] as const) {
      stage?.addEventListener(type, prepare, { capture: true, once: true, signal: life.signal })
    }
    await fontsReady(life.signal)
    if (life.signal.aborted || !slot || !stage || !host) return
    const started = startLive({
      paneId: props.paneId,
      sessionId: props.sessionId,
      scope: props.scope,
      slot,
      stage,
      host,
      sticky,
      signal: life.signal,
      preferredSize: () => props.fontSize ?? DEFAULT_SIZE,
      isBeside: () => props.beside === true,
      onView: setLink,
      onLayout: setFontSize,
      onShowing(pane) {
        setShown(pane)
        props.onShowing?.(pane)
      },
      onPaste: paste,
      onHistory: () => setView('history'),
      onSwipe: (to) => props.onSwipe?.(to),
      onLink(text) {
        const url = safeUrl(text)
        if (url) setAsk({ type: 'link', url })
        else tell('This link is not a web address and was not opened.')
      },
      onCopyOffer: (text) => setAsk({ type: 'copy', text }),
      onCopied: () => tell('Copied.'),
    })
    setLive(started)
  })

  createEffect(() => {
    // A new preferred size is applied here, or one beside others; the layout asks for them itself.
    void props.fontSize
    void props.beside
    live()?.layout.apply()
  })
  createEffect(() => {
    const started = live()
    if (!started || !props.focused) return
    if (view() === 'live' && !ask() && isFocusFree(props.cameFrom?.())) focusUnasked()
  })
  createEffect(() => {
    const started = live()
    if (!started || !props.focused) return
    const graphics = new AbortController()
    onCleanup(() => graphics.abort())
    void useGraphics(started.screen.terminal, graphics.signal)
  })
  createEffect(() => props.onState?.({ ...link(), view: view(), fontSize: fontSize() }))
  createEffect(
    on(
      () => link().gone,
      (gone) => {
        if (gone && view() === 'text') setView('live')
      },
      { defer: true },
    ),
  )

  /** The pressed button goes, and the keyboard belongs to the terminal again. */
  const settle = (act: (link: LiveTerminal['link']) => void) => {
    const started = live()
    if (started) act(started.link)
    focusUnasked()
  }
  const answered = () => {
    setAsk(undefined)
    focusUnasked()
  }

  return (
    <div class="term-view" classList={{ stale: live() !== undefined && !link().ready }}>
      <Strip
        view={link()}
        onReconnect={() => settle((started) => started.reconnect())}
        onSendHeld={() => settle((started) => started.sendHeld())}
        onDiscardHeld={() => settle((started) => started.discardHeld())}
        onAcknowledge={() => settle((started) => started.acknowledgeNotices())}
      />
      <div class="term-body">
        <div class="term-slot" ref={slot}>
          <div class="term-stage" ref={stage}>
            <div class="term-host" ref={host} />
          </div>
        </div>
        <Suspense>
          <Switch>
            <Match when={view() === 'history'}>
              <HistoryView
                paneId={shown()}
                cols={props.pane?.cols ?? link().cols}
                fontSize={fontSize()}
                onClose={() => handle.show('live')}
              />
            </Match>
            <Match when={view() === 'text' && live()}>
              {(started) => (
                <TextView
                  paneId={shown()}
                  terminal={started().screen.terminal}
                  onClose={() => handle.show('live')}
                />
              )}
            </Match>
          </Switch>
        </Suspense>
        <Show when={ask()}>
          {(now) => (
            <Suspense>
              <Offers
                ask={now()}
                onPaste={(text) => {
                  live()?.screen.terminal.paste(text)
                  answered()
                }}
                onCopy={async (text) => {
                  const copied = await copyText(text)
                  tell(copied ? 'Copied.' : 'The browser did not let this page copy.')
                  answered()
                }}
                onDone={answered}
              />
            </Suspense>
          )}
        </Show>
        <Show when={note()}>
          {(text) => (
            <div class="term-note" role="status">
              {text()}
            </div>
          )}
        </Show>
      </div>
    </div>
  )
}
