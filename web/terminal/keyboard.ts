import type { Terminal } from '@xterm/xterm'
import type { IsSoftKey } from './soft-keyboard.ts'

/** What keys and the clipboard do around the terminal's own typing. */

export interface KeyboardOptions {
  /** A key that another listener takes. */
  isSoftKey: IsSoftKey
  /** Text from the clipboard or a drop, unjudged. */
  onPaste(text: string): void
  /** Shift+PageUp: show what scrolled away. */
  onHistory(): void
  /** A selection was copied. */
  onCopied(): void
}

/** Binds keys and paste of a terminal whose element is in `host`, until the signal aborts. */
export function bindKeyboard(
  terminal: Terminal,
  host: HTMLElement,
  options: KeyboardOptions,
  signal: AbortSignal,
): void {
  terminal.attachCustomKeyEventHandler((event) => {
    if (options.isSoftKey(event)) return false
    if (event.type !== 'keydown') return true
    const letter = event.key.toLowerCase()
    if ((event.ctrlKey || event.metaKey) && !event.altKey && letter === 'c') {
      if (!terminal.hasSelection()) {
        // Ctrl+Shift+C without a selection would open the browser's inspector.
        if (!event.shiftKey) return true
        event.preventDefault()
        return false
      }
      event.preventDefault()
      // The copy event that follows is answered by xterm with the selection.
      document.execCommand('copy')
      terminal.clearSelection()
      options.onCopied()
      return false
    }
    // The browser turns these into a paste event; as keys they would type ^V.
    if (event.ctrlKey && event.shiftKey && letter === 'v') return false
    if (event.shiftKey && event.key === 'PageUp' && !event.ctrlKey && !event.altKey) {
      event.preventDefault()
      options.onHistory()
      return false
    }
    return true
  })

  host.addEventListener(
    'paste',
    (event) => {
      // Before xterm's own handler, which types whatever comes, ESC included.
      event.preventDefault()
      event.stopPropagation()
      options.onPaste(event.clipboardData?.getData('text/plain') ?? '')
    },
    { capture: true, signal },
  )

  const { textarea } = terminal
  if (!textarea) return
  // xterm sets most of these; phones complete and correct without the rest.
  textarea.setAttribute('autocomplete', 'off')
  textarea.setAttribute('autocorrect', 'off')
  textarea.setAttribute('autocapitalize', 'none')
  textarea.setAttribute('spellcheck', 'false')
  textarea.setAttribute('data-gramm', 'false')
}
