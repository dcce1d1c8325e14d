/**
 * The terminal's letters. Text, boxes and blocks come from one small font; letters with accents, and
 * the marks that agents draw with braille, from two more that the browser fetches when the first
 * such character appears (`unicode-range` in terminal-fonts.css). Everything else falls to the device's own fonts.
 */

export const FONT_FAMILY =
  '"Dogwatch Mono", "Dogwatch Symbols", ui-monospace, Menlo, "DejaVu Sans Mono", monospace'

/** A slow link must not keep the first screen back: after this long the device's font serves, ms. */
const WAIT_MS = 1_500

let loading: Promise<unknown> | undefined

/**
 * Starts loading the text font; later calls share the first one's work. Bold letters have the same
 * width and come when the first bold word does.
 */
function loadFonts(): Promise<unknown> {
  loading ??= document.fonts.load('400 13px "Dogwatch Mono"', 'Wg').catch(() => {
    // Not fetched: the device's font is used, and the next terminal tries again.
    loading = undefined
  })
  return loading
}

/** Resolves when cells can be measured; the fonts may still be on their way. */
export async function fontsReady(signal: AbortSignal): Promise<void> {
  await Promise.race([
    loadFonts(),
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, WAIT_MS)
      signal.addEventListener('abort', () => resolve(), { once: true })
      signal.addEventListener('abort', () => clearTimeout(timer), { once: true })
    }),
  ])
}
