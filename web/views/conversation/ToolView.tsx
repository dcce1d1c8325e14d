import { createSignal, For, Show } from 'solid-js'
import type { TranscriptTool } from '../../../server/protocol.ts'
import { plainText } from '../../terminal/still.ts'
import { Foreign, Name } from '../../ui/Name.tsx'
import { diffRows, SIGNS } from '../changes/diff-rows.ts'

/** Each outcome has a shape of its own, so that no colour is needed. */
const MARKS: Readonly<Record<TranscriptTool['status'], string>> = {
  running: '●',
  done: '✓',
  failed: '▲',
  denied: '⊘',
  unknown: '?',
}

/** A tool call in one line, with its arguments, its output and its diff behind it. */
export function ToolView(props: { tool: TranscriptTool }) {
  const [open, setOpen] = createSignal(false)
  return (
    <details
      class={`tool ${props.tool.status}`}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>
        <span class="mark" aria-hidden="true">
          {MARKS[props.tool.status]}
        </span>
        <b>{props.tool.name}</b>
        <code>
          <Name text={props.tool.summary} />
        </code>
        <span class="status">{props.tool.status}</span>
      </summary>
      <Show when={open()}>
        <Show when={props.tool.diff} fallback={<Block label="Arguments" text={props.tool.input} />}>
          {(diff) => <Diff patch={diff()} />}
        </Show>
        <Block label="Output" text={props.tool.output} />
      </Show>
    </details>
  )
}

function Block(props: { label: string; text: string }) {
  return (
    <Show when={props.text}>
      <p class="label">{props.label}</p>
      <pre tabindex="0">
        <Foreign text={plainText(props.text)} />
      </pre>
    </Show>
  )
}

function Diff(props: { patch: string }) {
  return (
    <section class="tool-diff" tabindex="0" aria-label="What the tool changed">
      <For each={diffRows(props.patch)}>
        {(row) => (
          <p class={row.type === 'note' ? 'diff-note' : `diff-line ${row.type}`}>
            <Show when={row.type !== 'note' && row.type}>
              {(type) => <span class="sign">{SIGNS[type()]}</span>}
            </Show>
            <code>
              <Foreign text={row.text} />
            </code>
          </p>
        )}
      </For>
    </section>
  )
}
