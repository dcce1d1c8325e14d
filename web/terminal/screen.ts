import { UnicodeGraphemesAddon } from '@xterm/addon-unicode-graphemes'
import { WebLinksAddon } from '@xterm/addon-web-links'
import { Terminal } from '@xterm/xterm'
import { osc52Text } from './clipboard.ts'
import type { CellRatio } from './fit.ts'
import { FONT_FAMILY } from './fonts.ts'
import type { Canvas } from './link.ts'
import { catchClipboard, silence } from './silence.ts'
import { THEME } from './theme.ts'

/** One grid of cells: xterm with everything that this product sets, and nothing it must not do. */

export interface ScreenOptions {
  cols: number
  rows: number
  fontSize: number
  /** Lines kept above the grid; 0 for the live screen, whose history tmux has. */
  scrollback: number
  /** Nothing is ever typed. */
  readOnly: boolean
  /** A link was pressed; `text` is its target as the program gave it. */
  onLink?(text: string): void
  /** tmux would like this text on the clipboard. */
  onCopyOffer?(text: string): void
  /** Cells may have another size now: a font has arrived. */
  onMeasured?(): void
}

export interface Screen {
  readonly terminal: Terminal
  readonly canvas: Canvas
  /** Mouse modes that tmux has set. */
  readonly mouseModes: ReadonlySet<number>
  /** Element of exactly the grid's size; present after `open`. */
  grid(): HTMLElement | undefined
  /** Measured size of a cell per CSS pixel of text size. */
  ratio(): CellRatio
  setFontSize(size: number): void
  /** The row in which the cursor stands, up to it; undefined where nothing is shown at all. */
  cursorLine(): string | undefined
}

/** Of JetBrains Mono; holds until a cell can be measured. */
const TYPICAL: CellRatio = { width: 0.6, height: 1.32 }

/** Makes a screen in `host`, which must be in the document; it ends with the signal. */
export function createScreen(
  host: HTMLElement,
  options: ScreenOptions,
  signal: AbortSignal,
): Screen {
  const openLink = (_event: MouseEvent, text: string) => options.onLink?.(text)
  const terminal = new Terminal({
    allowProposedApi: true,
    // Would type arrow keys.
    altClickMovesCursor: false,
    cols: options.cols,
    rows: options.rows,
    cursorBlink: false,
    cursorInactiveStyle: 'outline',
    disableStdin: options.readOnly,
    fontFamily: FONT_FAMILY,
    fontSize: options.fontSize,
    linkHandler: { activate: openLink },
    logLevel: 'error',
    macOptionClickForcesSelection: true,
    rightClickSelectsWord: false,
    scrollback: options.scrollback,
    scrollOnUserInput: false,
    theme: THEME,
  })
  terminal.loadAddon(new UnicodeGraphemesAddon())
  terminal.unicode.activeVersion = '15-graphemes'
  terminal.loadAddon(new WebLinksAddon(openLink))
  const mouseModes = silence(terminal)
  catchClipboard(terminal, (data) => {
    const text = osc52Text(data)
    if (text !== undefined) options.onCopyOffer?.(text)
  })
  terminal.open(host)
  signal.addEventListener('abort', () => terminal.dispose(), { once: true })

  // xterm measures a letter once; a font that arrives later has another width.
  document.fonts.addEventListener(
    'loadingdone',
    () => {
      terminal.options.fontFamily = `${FONT_FAMILY} `
      terminal.options.fontFamily = FONT_FAMILY
      terminal.clearTextureAtlas()
      options.onMeasured?.()
    },
    { signal },
  )

  const grid = () => host.querySelector<HTMLElement>('.xterm-screen') ?? undefined
  return {
    terminal,
    canvas: makeCanvas(terminal),
    mouseModes,
    grid,
    ratio() {
      const size = terminal.options.fontSize ?? options.fontSize
      const width = grid()?.offsetWidth ?? 0
      const height = grid()?.offsetHeight ?? 0
      if (width === 0 || height === 0) return TYPICAL
      return { width: width / terminal.cols / size, height: height / terminal.rows / size }
    },
    setFontSize(size) {
      if (terminal.options.fontSize !== size) terminal.options.fontSize = size
    },
    cursorLine() {
      const { active } = terminal.buffer
      const line = (row: number, end?: number) =>
        active.getLine(active.baseY + row)?.translateToString(true, 0, end) ?? ''
      const isEmpty = Array.from({ length: terminal.rows }).every((_, row) => line(row) === '')
      return isEmpty ? undefined : line(active.cursorY, active.cursorX)
    },
  }
}

/**
 * CAN ends whatever sequence the parser is in, RIS clears parser and screen. Both go through the
 * same queue as output: `terminal.reset()` would act at once, before bytes still waiting there.
 */
const CLEAR = new Uint8Array([0x18, 0x1b, 0x63])

function makeCanvas(terminal: Terminal): Canvas {
  return {
    get cols() {
      return terminal.cols
    },
    get rows() {
      return terminal.rows
    },
    write: (bytes, drawn) => terminal.write(bytes, drawn),
    reset: () => terminal.write(CLEAR),
    resize(cols, rows) {
      if (cols !== terminal.cols || rows !== terminal.rows) terminal.resize(cols, rows)
    },
  }
}
