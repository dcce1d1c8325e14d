import { SearchAddon } from '@xterm/addon-search'
import ChevronDown from 'lucide-solid/icons/chevron-down'
import ChevronUp from 'lucide-solid/icons/chevron-up'
import X from 'lucide-solid/icons/x'
import { createSignal, type JSX, onCleanup, onMount, Show } from 'solid-js'
import { READABLE } from './fit.ts'
import { type HistoryLines, MOST_LINES, newestLines, olderLines, viewerText } from './history.ts'
import { bindHistoryFingers } from './history-fingers.ts'
import { readHistory } from './pane-api.ts'
import { createScreen, type Screen } from './screen.ts'
import { SEARCH_COLOURS, VIEWER_THEME } from './theme.ts'
import '../style/terminal-views.css'

interface HistoryViewProps {
  paneId: string
  /** Columns of the pane, so that lines wrap where they did. */
  cols: number
  fontSize: number
  onClose(): void
}

const DECORATIONS = { decorations: SEARCH_COLOURS }
/** Wheel travel beyond the end that leads back to the live screen, CSS pixels. */
const LEAVE_PX = 120

/**
 * What scrolled away, as it stood when the viewer opened. tmux's own copy mode is not used for it:
 * that would scroll the pane on every screen that shows it.
 */
export function HistoryView(props: HistoryViewProps): JSX.Element {
  const life = new AbortController()
  onCleanup(() => life.abort())
  const [have, setHave] = createSignal<HistoryLines>()
  const [problem, setProblem] = createSignal<string>()
  const [busy, setBusy] = createSignal(false)
  const [query, setQuery] = createSignal('')
  const [hits, setHits] = createSignal({ index: -1, count: 0 })
  let root: HTMLDivElement | undefined
  let host: HTMLDivElement | undefined
  let stage: HTMLDivElement | undefined
  let field: HTMLInputElement | undefined
  let screen: Screen | undefined
  let search: SearchAddon | undefined
  let fingers: ReturnType<typeof bindHistoryFingers> | undefined
  /** Rows of the screen at the time of opening, with their colours. */
  let bottom = ''
  /** Somebody went to the search, perhaps before any line was there: it is to go through all. */
  let isSearched = false
  /** A step to another match that was asked for while lines were still coming. */
  let queued: 'older' | 'newer' | undefined

  const read = (slice: { start?: number; count: number }) =>
    readHistory(props.paneId, slice, life.signal)

  const draw = (lines: HistoryLines): Promise<void> =>
    new Promise((resolve) => {
      const terminal = screen?.terminal
      if (!terminal) return resolve()
      const { baseY, viewportY } = terminal.buffer.active
      const fromEnd = have() ? baseY - viewportY : 0
      setHave(lines)
      terminal.write('\u0018\u001bc\u001b[?25l')
      terminal.write(viewerText(lines.lines, bottom), () => {
        terminal.scrollToLine(Math.max(0, terminal.buffer.active.baseY - fromEnd))
        // What was found before was found in rows that are gone.
        if (query() !== '') find('older', true)
        resolve()
      })
    })

  const grow = async (): Promise<void> => {
    let now = have()
    if (!now || busy() || isWhole(now)) return
    setBusy(true)
    try {
      do {
        let next = await olderLines(read, now)
        // Twice as much each time: drawing anew costs as much as what is there.
        while (!isWhole(next) && (isSearched || next.lines.length < now.lines.length * 2)) {
          next = await olderLines(read, next)
        }
        if (life.signal.aborted) return
        await draw(next)
        now = next
      } while (isSearched && !isWhole(now))
    } catch (error) {
      fail(error)
    } finally {
      setBusy(false)
      const direction = queued
      queued = undefined
      if (direction && !life.signal.aborted) find(direction, false)
    }
  }

  const fail = (error: unknown) => {
    if (life.signal.aborted) return
    setProblem(error instanceof Error ? error.message : 'The history could not be read.')
  }

  const scroll = (lines: number) => {
    if (!screen) return
    const { viewportY, baseY } = screen.terminal.buffer.active
    screen.terminal.scrollLines(lines)
    if (lines < 0 && viewportY + lines <= 0) void grow()
    return lines > 0 && viewportY >= baseY
  }

  const find = (direction: 'older' | 'newer', typing: boolean) => {
    const text = query()
    if (busy() && !typing) {
      queued = direction
    } else if (text === '') {
      search?.clearDecorations()
      setHits({ index: -1, count: 0 })
    } else if (direction === 'older') {
      search?.findPrevious(text, { ...DECORATIONS, incremental: typing })
    } else {
      search?.findNext(text, DECORATIONS)
    }
    const found = screen?.terminal.getSelectionPosition()
    if (found) fingers?.show(found.start.x, Math.max(found.start.x, found.end.x))
  }

  onMount(async () => {
    if (!host || !stage || !root) return
    // Fingers reach what is wider than the screen: there is no need for letters too small to read.
    const canPan = matchMedia('(pointer: coarse)').matches
    const fontSize = canPan ? Math.max(props.fontSize, READABLE) : props.fontSize
    const rows = Math.max(5, Math.floor(host.clientHeight / (fontSize * 1.32)))
    const options = { cols: props.cols, rows, fontSize, readOnly: true }
    const made = createScreen(stage, { ...options, scrollback: MOST_LINES + 1_000 }, life.signal)
    screen = made
    made.terminal.options.theme = VIEWER_THEME
    search = new SearchAddon()
    made.terminal.loadAddon(search)
    search.onDidChangeResults(({ resultIndex, resultCount }) =>
      setHits({ index: resultIndex, count: resultCount }),
    )
    const refit = () => {
      const height = made.ratio().height * (made.terminal.options.fontSize ?? fontSize)
      const fits = Math.max(2, Math.floor((host?.clientHeight ?? 0) / height))
      if (fits !== made.terminal.rows) made.terminal.resize(props.cols, fits)
    }
    refit()
    const observer = new ResizeObserver(refit)
    observer.observe(host)
    life.signal.addEventListener('abort', () => observer.disconnect(), { once: true })
    bindWheel(made)
    const { signal } = life
    fingers = bindHistoryFingers(host, stage, made, { onScroll: scroll, onResize: refit }, signal)
    // Captured, because xterm keeps keys to itself.
    root.addEventListener('keydown', onKeyDown, { capture: true, signal: life.signal })
    root.focus()
    try {
      const { screen: below, ...lines } = await newestLines(read)
      if (life.signal.aborted) return
      bottom = below
      await draw(lines)
      if (isSearched) void grow()
      // The wheel that opened the viewer asked for one step up.
      scroll(-3)
    } catch (error) {
      fail(error)
    }
  })

  const bindWheel = (made: Screen) => {
    let beyond = 0
    made.terminal.attachCustomWheelEventHandler((event) => {
      const step = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? event.deltaY / 33 : event.deltaY
      const lines = step < 0 ? Math.floor(step) : Math.ceil(step)
      beyond = scroll(lines) ? beyond + Math.abs(event.deltaY) : 0
      if (beyond > LEAVE_PX) props.onClose()
      event.preventDefault()
      return false
    })
  }

  const onKeyDown = (event: KeyboardEvent) => {
    const page = Math.max(1, (screen?.terminal.rows ?? 24) - 2)
    const typing = event.target === field
    if (event.key === 'Escape') {
      event.preventDefault()
      props.onClose()
    } else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'f') {
      event.preventDefault()
      field?.select()
    } else if (event.key === 'PageUp') scroll(-page)
    else if (event.key === 'PageDown') scroll(page)
    else if (!typing && event.key === 'ArrowUp') scroll(-1)
    else if (!typing && event.key === 'ArrowDown') scroll(1)
    else if (!typing && event.key === 'Home') screen?.terminal.scrollToTop()
    else if (!typing && event.key === 'End') screen?.terminal.scrollToBottom()
    else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'c' && !typing) {
      if (screen?.terminal.hasSelection()) document.execCommand('copy')
    }
  }

  const told = () => {
    const now = have()
    if (!now) return problem() ?? 'Reading…'
    if (now.size === 0) return 'Nothing has scrolled away yet.'
    const shown = now.start > 0 ? `the newest ${number(now.size - now.start)} of ` : ''
    const more = now.lines.length >= MOST_LINES && now.start > 0 ? ' (as many as fit here)' : ''
    return `${shown}${number(now.size)} lines above the screen${more}`
  }

  return (
    <div class="term-over" ref={root} tabindex="-1" role="dialog" aria-label="Scrollback">
      <div class="term-bar">
        <b>Scrollback</b>
        <span class="term-bar-info" role="status">
          {problem() ?? told()}
        </span>
        <search>
          <input
            ref={field}
            class="field"
            type="search"
            placeholder="Find in scrollback"
            aria-label="Find in scrollback"
            value={query()}
            onFocus={() => {
              isSearched = true
              void grow()
            }}
            onInput={(event) => {
              setQuery(event.currentTarget.value)
              find('older', true)
            }}
            onKeyDown={(event) => {
              if (event.key === 'Enter') find(event.shiftKey ? 'newer' : 'older', false)
            }}
          />
          <Show when={query() !== ''}>
            <span class="term-hits" role="status">
              {hits().count === 0
                ? 'none'
                : `${hits().index < 0 ? '–' : hits().index + 1} of ${hits().count}`}
            </span>
          </Show>
          <button
            type="button"
            class="btn quiet icon"
            aria-label="Older match"
            onClick={() => find('older', false)}
          >
            <ChevronUp aria-hidden="true" />
          </button>
          <button
            type="button"
            class="btn quiet icon"
            aria-label="Newer match"
            onClick={() => find('newer', false)}
          >
            <ChevronDown aria-hidden="true" />
          </button>
        </search>
        <button
          type="button"
          class="btn quiet icon"
          aria-label="Back to the live screen"
          title="Back to the live screen (Esc)"
          onClick={() => props.onClose()}
        >
          <X aria-hidden="true" />
        </button>
      </div>
      <div class="term-slot">
        <div class="term-history" ref={host}>
          <div class="term-stage" ref={stage} />
        </div>
      </div>
    </div>
  )
}

/** Whether there is nothing more to read, or no room for it. */
function isWhole({ start, lines }: HistoryLines): boolean {
  return start <= 0 || lines.length >= MOST_LINES
}

function number(value: number): string {
  return value.toLocaleString('en')
}
