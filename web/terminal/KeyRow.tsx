import { For, type JSX, onCleanup } from 'solid-js'
import type { KeyName } from '../../server/protocol.ts'
import type { Modifiers } from './keys.ts'
import type { TerminalHandle } from './types.ts'

interface Key {
  key: KeyName
  face: string
  label: string
  /** Fires again while it is held down. */
  repeats?: boolean
}

/** What agents ask for most comes first: it is in sight on a phone without a swipe. */
const BEFORE: Key[] = [
  { key: 'Escape', face: 'Esc', label: 'Escape' },
  { key: 'Tab', face: 'Tab', label: 'Tab' },
  { key: 'BackTab', face: '⇧Tab', label: 'Shift Tab' },
]
const BETWEEN: Key[] = [
  { key: 'C-c', face: '^C', label: 'Control C, interrupt' },
  { key: 'Up', face: '↑', label: 'Up', repeats: true },
  { key: 'Down', face: '↓', label: 'Down', repeats: true },
  { key: 'Enter', face: '⏎', label: 'Enter' },
]
const AFTER: Key[] = [
  { key: 'Left', face: '←', label: 'Left', repeats: true },
  { key: 'Right', face: '→', label: 'Right', repeats: true },
  { key: 'Home', face: 'Home', label: 'Home' },
  { key: 'End', face: 'End', label: 'End' },
  { key: 'PageUp', face: 'PgUp', label: 'Page up', repeats: true },
  { key: 'PageDown', face: 'PgDn', label: 'Page down', repeats: true },
]

const REPEAT_AFTER_MS = 400
const REPEAT_EVERY_MS = 70

/**
 * Keys that soft keyboards lack. Pressing one never takes the focus from the terminal, so the
 * keyboard stays as it is, open or closed.
 */
export function KeyRow(props: {
  handle: TerminalHandle | undefined
  disabled?: boolean
}): JSX.Element {
  const keep = (event: Event) => event.preventDefault()
  return (
    <div class="key-row" role="toolbar" aria-label="Keys" onMouseDown={keep}>
      <For each={BEFORE}>{(key) => <KeyButton {...props} key={key} />}</For>
      <Modifier {...props} name="ctrl" face="Ctrl" />
      <For each={BETWEEN}>{(key) => <KeyButton {...props} key={key} />}</For>
      <Modifier {...props} name="alt" face="Alt" />
      <For each={AFTER}>{(key) => <KeyButton {...props} key={key} />}</For>
      <button
        type="button"
        disabled={props.disabled}
        onClick={() => void props.handle?.pasteClipboard()}
      >
        Paste
      </button>
    </div>
  )
}

function KeyButton(props: {
  handle: TerminalHandle | undefined
  disabled?: boolean
  key: Key
}): JSX.Element {
  let timer: ReturnType<typeof setTimeout> | undefined
  /** The click that ends a repeat is no further press. */
  let repeated = false
  const press = () => props.handle?.key(props.key.key)
  const repeat = () => {
    repeated = true
    press()
    timer = setTimeout(repeat, REPEAT_EVERY_MS)
  }
  const release = () => clearTimeout(timer)
  onCleanup(release)
  return (
    <button
      type="button"
      aria-label={props.key.label}
      disabled={props.disabled}
      onClick={() => {
        if (!repeated) press()
        repeated = false
      }}
      onPointerDown={() => {
        repeated = false
        if (props.key.repeats) timer = setTimeout(repeat, REPEAT_AFTER_MS)
      }}
      onPointerUp={release}
      onPointerLeave={release}
      onPointerCancel={release}
      onContextMenu={(event) => event.preventDefault()}
    >
      {props.key.face}
    </button>
  )
}

function Modifier(props: {
  handle: TerminalHandle | undefined
  disabled?: boolean
  name: keyof Modifiers
  face: string
}): JSX.Element {
  const state = () => props.handle?.sticky.state(props.name) ?? 'off'
  const words = { off: '', once: ', for the next key', locked: ', locked' } as const
  return (
    <button
      type="button"
      class="modifier"
      classList={{ once: state() === 'once', locked: state() === 'locked' }}
      aria-pressed={state() !== 'off'}
      aria-label={`${props.face}${words[state()]}`}
      disabled={props.disabled}
      onClick={() => props.handle?.sticky.tap(props.name)}
    >
      {props.face}
    </button>
  )
}
