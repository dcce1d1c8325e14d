import type { Terminal } from '@xterm/xterm'

/**
 * Soft keyboards and input methods, one path for each key.
 *
 * They announce most keys only as "something" (keydown 229, UI Events section 5.1) and change the
 * text field afterwards. xterm compares the field before and after in timers, and misses or
 * doubles what arrives beside them. So such a key is taken from `beforeinput`, which says what it
 * does, and composed text from `compositionend`; xterm sees neither.
 *
 * On touch devices the field holds one space: on an empty field some keyboards send no Backspace at
 * all. And it holds nothing else, or they would take a word that was sent for one to go on with.
 */

const KEEPER = ' '

/** Bytes for edits that a field would make by itself. */
const EDITS: Record<string, string> = {
  insertLineBreak: '\r',
  insertParagraph: '\r',
  deleteContentBackward: '\u007f',
  deleteContentForward: '\u001b[3~',
  deleteWordBackward: '\u0017',
  deleteSoftLineBackward: '\u0015',
  deleteHardLineBackward: '\u0015',
}

/** Whether a key belongs to the input method; xterm must not look at it then. */
export type IsSoftKey = (event: KeyboardEvent) => boolean

/** Binds the terminal's text field until the signal aborts. `type` gets what was typed. */
export function bindSoftKeyboard(
  terminal: Terminal,
  type: (text: string) => void,
  signal: AbortSignal,
): IsSoftKey {
  const field = terminal.textarea
  if (!field) return () => false
  const keeper = matchMedia('(pointer: coarse)').matches ? KEEPER : ''
  let composing = false
  /** xterm has typed the key from its keypress, and the browser edits the field all the same. */
  let pressed = false

  const tidy = () => {
    if (composing || field.value === keeper) return
    field.value = keeper
    field.setSelectionRange(keeper.length, keeper.length)
  }
  /** Before xterm's own listener on the same element, and instead of it. */
  const instead = <K extends keyof HTMLElementEventMap>(
    name: K,
    listener: (event: HTMLElementEventMap[K]) => void,
  ) => field.addEventListener(name, listener, { capture: true, signal })

  const view = makeView(terminal, field)
  instead('compositionstart', (event) => {
    event.stopImmediatePropagation()
    composing = true
  })
  instead('compositionupdate', (event) => {
    event.stopImmediatePropagation()
    view(event.data)
  })
  instead('compositionend', (event) => {
    event.stopImmediatePropagation()
    composing = false
    view('')
    if (event.data) type(event.data)
    // The browser is not through with the field yet.
    setTimeout(tidy, 0)
  })
  instead('keydown', () => {
    pressed = false
  })
  instead('keypress', () => {
    pressed = true
  })
  instead('beforeinput', (event) => {
    if (composing || event.isComposing) return
    if (pressed) {
      pressed = false
      event.preventDefault()
      return
    }
    const text = event.inputType === 'insertText' ? event.data : EDITS[event.inputType]
    if (!text) return
    event.preventDefault()
    event.stopPropagation()
    type(text)
  })
  // Not every edit can be prevented, and xterm would look at what is left of it.
  instead('input', (event) => {
    event.stopImmediatePropagation()
    tidy()
  })
  field.addEventListener('focus', tidy, { signal })

  return (event) => event.keyCode === 229 || event.isComposing
}

/** Shows what is being composed at the cursor, in the element that xterm has for it. */
function makeView(terminal: Terminal, field: HTMLTextAreaElement): (text: string) => void {
  const element = terminal.element?.querySelector<HTMLElement>('.composition-view')
  return (text) => {
    if (!element) return
    element.textContent = text
    element.classList.toggle('active', text !== '')
    const { left, top } = field.style
    Object.assign(element.style, {
      left,
      top,
      fontFamily: terminal.options.fontFamily,
      fontSize: `${terminal.options.fontSize}px`,
    })
  }
}
