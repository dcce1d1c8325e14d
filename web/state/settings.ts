import { createEffect, createRoot, createSignal } from 'solid-js'
import { GROUPINGS, type Grouping } from './grouping.ts'

/** Settings of this device alone, kept in localStorage. */

export const THEMES = ['system', 'dark', 'light'] as const
export type Theme = (typeof THEMES)[number]

/** Terminal font sizes, CSS pixels. */
export const FONT_SIZE = { min: 9, max: 24, default: 13 } as const

function read(key: string): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    // Storage is switched off: the defaults hold.
    return null
  }
}

function write(key: string, value: string): void {
  try {
    localStorage.setItem(key, value)
  } catch {
    // As above: the choice lives as long as the page.
  }
}

const THEME_KEY = 'dogwatch.theme'
const FONT_KEY = 'dogwatch.font-size'
const CONTRAST_KEY = 'dogwatch.contrast'
const DIFF_KEY = 'dogwatch.diff'
const KEYS_KEY = 'dogwatch.single-keys'
const GROUPING_KEY = 'dogwatch.grouping'

function readTheme(): Theme {
  const value = read(THEME_KEY)
  return THEMES.find((theme) => theme === value) ?? 'system'
}

function clampFont(size: number): number {
  if (!Number.isFinite(size) || size === 0) return FONT_SIZE.default
  return Math.min(FONT_SIZE.max, Math.max(FONT_SIZE.min, Math.round(size)))
}

const [theme, setTheme] = createSignal<Theme>(readTheme())
const [fontSize, setFontSignal] = createSignal(clampFont(Number(read(FONT_KEY))))

/** Whether text and lines stand out more, also where the system does not ask for it. */
const [moreContrast, setMoreContrast] = createSignal(read(CONTRAST_KEY) === 'more')

/** Whether diffs stand side by side; else their lines follow each other. */
const [diffSideBySide, setDiffSideBySide] = createSignal(read(DIFF_KEY) === 'side-by-side')

/**
 * Whether single keys act. Who speaks to the machine, or presses keys by mistake, can switch them
 * off (WCAG 2.1.4); those with Ctrl or Cmd go on.
 */
const [singleKeys, setSingleKeys] = createSignal(read(KEYS_KEY) !== 'off')

/** What the rows of the list stand together by. */
const [grouping, setGrouping] = createSignal<Grouping>(
  GROUPINGS.find((name) => name === read(GROUPING_KEY)) ?? 'need',
)

export {
  diffSideBySide,
  fontSize,
  grouping,
  moreContrast,
  setDiffSideBySide,
  setGrouping,
  setMoreContrast,
  setSingleKeys,
  setTheme,
  singleKeys,
  theme,
}

/** Sets the terminal's font size in CSS pixels, within `FONT_SIZE`. */
export function setFontSize(size: number): void {
  setFontSignal(clampFont(size))
}

createRoot(() => {
  createEffect(() => {
    write(THEME_KEY, theme())
    if (theme() === 'system') delete document.documentElement.dataset.theme
    else document.documentElement.dataset.theme = theme()
  })
  createEffect(() => {
    write(CONTRAST_KEY, moreContrast() ? 'more' : 'system')
    if (moreContrast()) document.documentElement.dataset.contrast = 'more'
    else delete document.documentElement.dataset.contrast
  })
  createEffect(() => write(FONT_KEY, String(fontSize())))
  createEffect(() => write(KEYS_KEY, singleKeys() ? 'on' : 'off'))
  createEffect(() => write(GROUPING_KEY, grouping()))
  createEffect(() => write(DIFF_KEY, diffSideBySide() ? 'side-by-side' : 'inline'))
})
