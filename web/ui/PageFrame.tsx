import ArrowLeft from 'lucide-solid/icons/arrow-left'
import type { JSX } from 'solid-js'
import { useApp } from './context.ts'
import '../style/page.css'

/** A page of its own, where the terminals stand: its title, and what scrolls below it. */
export function PageFrame(props: {
  title: string
  children: JSX.Element
  /** Stands beside the title. */
  side?: JSX.Element
  /** Stands under the title and does not scroll. */
  tools?: JSX.Element
  ref?: (scroller: HTMLElement) => void
}) {
  const app = useApp()
  return (
    <section class="page" aria-label={props.title}>
      <header class="head">
        <button
          type="button"
          class="btn quiet icon back"
          aria-label="Back to the list"
          onClick={() => app.go(undefined)}
        >
          <ArrowLeft aria-hidden="true" />
        </button>
        <h2 class="title">{props.title}</h2>
        {props.side}
      </header>
      {props.tools}
      <div class="page-body" ref={(element) => props.ref?.(element)}>
        <div class="page-column">{props.children}</div>
      </div>
    </section>
  )
}
