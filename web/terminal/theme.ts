import type { ITheme } from '@xterm/xterm'

/**
 * The terminal's colours, the same in the dark and the light page: programs choose theirs for a
 * dark ground, and an agent's grey on white cannot be read.
 */
export const THEME: ITheme = {
  background: '#0a0d12',
  foreground: '#c9d3df',
  cursor: '#dce3ec',
  cursorAccent: '#0a0d12',
  selectionBackground: '#35507c',
  selectionInactiveBackground: '#2a3648',
  black: '#1b222c',
  red: '#f07178',
  green: '#7fd49b',
  yellow: '#e8c07d',
  blue: '#7aa8f0',
  magenta: '#c79bf0',
  cyan: '#6fc9d6',
  white: '#c9d3df',
  brightBlack: '#6b7889',
  brightRed: '#ff8f93',
  brightGreen: '#9be8b4',
  brightYellow: '#ffd796',
  brightBlue: '#9cc2ff',
  brightMagenta: '#dcb8ff',
  brightCyan: '#92e3ee',
  brightWhite: '#f3f6fa',
}

/** In the scrollback viewer what is selected without the focus is the match that was found. */
export const VIEWER_THEME: ITheme = { ...THEME, selectionInactiveBackground: '#a3761a' }

/** Colours of search hits in the scrollback viewer (the search addon wants #RRGGBB). */
export const SEARCH_COLOURS = {
  matchBackground: '#574a1c',
  matchOverviewRuler: '#e8c07d',
  activeMatchBackground: '#a3761a',
  activeMatchColorOverviewRuler: '#ffd796',
}
