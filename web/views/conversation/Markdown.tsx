import { createEffect } from 'solid-js'
import { markdownNodes } from './markdown.ts'

/** Text in Markdown, drawn without anything that could act. */
export function Markdown(props: { text: string }) {
  let place: HTMLDivElement | undefined
  createEffect(() => place?.replaceChildren(markdownNodes(props.text)))
  return <div class="markdown" ref={place} />
}
