import { type JSX, Match, onMount, Switch } from 'solid-js'
import { byteText, type PasteVerdict } from './paste.ts'
import { openUrl } from './urls.ts'
import '../style/offers.css'

/** Questions over the terminal: what a program or a clipboard wants is shown before it happens. */
export type Ask =
  | { type: 'paste'; verdict: Extract<PasteVerdict, { name: 'ask' | 'refuse' }> }
  | { type: 'copy'; text: string }
  | { type: 'link'; url: URL }

/** Characters of a preview; the size beside it says how much there is. */
const PREVIEW_CHARS = 2_000

interface OffersProps {
  ask: Ask
  onPaste(text: string): void
  onCopy(text: string): void
  /** Answered in any other way. */
  onDone(): void
}

export function Offers(props: OffersProps): JSX.Element {
  const paste = () => (props.ask.type === 'paste' ? props.ask.verdict : undefined)
  const asked = () => {
    const verdict = paste()
    return verdict?.name === 'ask' ? verdict : undefined
  }
  const refused = () => {
    const verdict = paste()
    return verdict?.name === 'refuse' ? verdict : undefined
  }
  const copy = () => (props.ask.type === 'copy' ? props.ask : undefined)
  const link = () => (props.ask.type === 'link' ? props.ask : undefined)
  return (
    <Switch>
      <Match when={asked()}>
        {(verdict) => (
          <Card
            title={`Paste ${counted(verdict().lines, 'line')}, ${byteText(verdict().bytes)}?`}
            act="Paste"
            onAct={() => props.onPaste(verdict().text)}
            onDone={props.onDone}
          >
            <p>Each new line may run as a command where the program does not wait for a paste.</p>
            <Preview text={verdict().text} />
          </Card>
        )}
      </Match>
      <Match when={refused()}>
        {(verdict) => (
          <Card title="Too long to paste" onDone={props.onDone}>
            <p>{verdict().message}</p>
          </Card>
        )}
      </Match>
      <Match when={copy()}>
        {(offer) => (
          <Card
            title={`Copy ${byteText(new TextEncoder().encode(offer().text).length)} from the terminal?`}
            act="Copy"
            onAct={() => props.onCopy(offer().text)}
            onDone={props.onDone}
            corner
          >
            <Preview text={offer().text} />
          </Card>
        )}
      </Match>
      <Match when={link()}>
        {(offer) => (
          <Card
            title="Open this address?"
            act="Open"
            onAct={() => {
              openUrl(offer().url)
              props.onDone()
            }}
            onDone={props.onDone}
          >
            <p class="term-address">
              <bdi>{offer().url.href}</bdi>
            </p>
          </Card>
        )}
      </Match>
    </Switch>
  )
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

function Preview(props: { text: string }): JSX.Element {
  return (
    // Focusable, so that a keyboard can scroll it.
    <section class="term-preview" tabindex="0" aria-label="What it holds">
      {props.text.length > PREVIEW_CHARS ? `${props.text.slice(0, PREVIEW_CHARS)}…` : props.text}
    </section>
  )
}

/** `corner` cards do not take the focus: nobody asked for them, and keys belong to the program. */
function Card(props: {
  title: string
  act?: string
  corner?: boolean
  onAct?(): void
  onDone(): void
  children: JSX.Element
}): JSX.Element {
  let act: HTMLButtonElement | undefined
  let close: HTMLButtonElement | undefined
  onMount(() => {
    if (!props.corner) (act ?? close)?.focus()
  })
  return (
    <div
      class="term-card"
      classList={{ corner: props.corner === true }}
      role="dialog"
      aria-label={props.title}
      onKeyDown={(event) => {
        event.stopPropagation()
        if (event.key === 'Escape') props.onDone()
      }}
    >
      <b>{props.title}</b>
      {props.children}
      <div class="term-card-acts">
        {props.act && (
          <button type="button" class="btn primary" ref={act} onClick={() => props.onAct?.()}>
            {props.act}
          </button>
        )}
        <button type="button" class="btn" ref={close} onClick={() => props.onDone()}>
          {props.act ? 'Not now' : 'Close'}
        </button>
      </div>
    </div>
  )
}
