import { createVirtualizer } from '@tanstack/solid-virtual'
import ChevronRight from 'lucide-solid/icons/chevron-right'
import Copy from 'lucide-solid/icons/copy'
import {
  createEffect,
  createMemo,
  createSignal,
  For,
  Match,
  mapArray,
  on,
  Show,
  Switch,
} from 'solid-js'
import type { DiffFile } from '../../../server/protocol.ts'
import { counted, visible } from '../../state/words.ts'
import { copyText } from '../../terminal/clipboard.ts'
import { useApp } from '../../ui/context.ts'
import { Foreign } from '../../ui/Name.tsx'
import {
  type DiffLine,
  type DiffPair,
  type DiffRow,
  diffPairs,
  diffRows,
  SIGNS,
} from './diff-rows.ts'
import { Path } from './Path.tsx'

/** Heights in CSS pixels: a line never wraps, so each row's place is known before it is drawn. */
const LINE_HEIGHT = 20
const FILE_HEIGHT = 46
/** As the style sheet has it. */
const TAB_COLUMNS = 4

type Item =
  | { type: 'file'; file: DiffFile }
  | { type: 'row'; row: DiffRow }
  | { type: 'pair'; pair: DiffPair }
  | { type: 'said'; text: string }

interface DiffListProps {
  files: readonly DiffFile[]
  sideBySide: boolean
  folded: ReadonlySet<string>
  onFold(path: string): void
  /** A file to bring into sight. */
  jump: string | undefined
  onJumped(): void
}

/** All files one under the other, of which only what is in sight is drawn. */
export function DiffList(props: DiffListProps) {
  let scroller: HTMLElement | undefined
  // Each file's lines are read once, and again only where they changed.
  const bodies = mapArray(
    () => props.files,
    (file) => ({ file, rows: createMemo(() => diffRows(file.patch)) }),
  )
  const items = createMemo<Item[]>(() =>
    bodies().flatMap(({ file, rows }): Item[] => {
      const head: Item = { type: 'file', file }
      if (props.folded.has(file.path)) return [head]
      const body: Item[] = props.sideBySide
        ? diffPairs(rows()).map((pair) => ({ type: 'pair', pair }))
        : rows().map((row) => ({ type: 'row', row }))
      return [head, ...body, ...said(file)]
    }),
  )
  const columns = createMemo(() =>
    bodies().reduce((most, { rows }) => Math.max(most, longest(rows())), 0),
  )
  const virtual = createVirtualizer({
    get count() {
      return items().length
    },
    getScrollElement: () => scroller ?? null,
    estimateSize: (index) => (items()[index]?.type === 'file' ? FILE_HEIGHT : LINE_HEIGHT),
    overscan: 20,
  })
  createEffect(on(items, () => virtual.measure(), { defer: true }))
  const [top, setTop] = createSignal(0)
  /** The file whose lines stand at the top, once its head has gone out of sight. */
  const stuck = createMemo(() => {
    const first = virtual.getVirtualItems().find(({ end }) => end > top())?.index ?? 0
    const index = items().findLastIndex((item, at) => at <= first && item.type === 'file')
    const item = items()[index]
    return index < first && item?.type === 'file' ? item.file.path : undefined
  })
  createEffect(() => {
    const path = props.jump
    if (path === undefined) return
    const index = items().findIndex((item) => item.type === 'file' && item.file.path === path)
    if (index >= 0) virtual.scrollToIndex(index, { align: 'start' })
    props.onJumped()
  })
  return (
    <section
      class="diff"
      classList={{ 'side-by-side': props.sideBySide }}
      ref={scroller}
      tabindex="0"
      aria-label="Diff"
      onScroll={({ currentTarget }) => {
        // Both halves go sideways together, under numbers that stay.
        currentTarget.style.setProperty('--shift', `${currentTarget.scrollLeft}px`)
        setTop(currentTarget.scrollTop)
      }}
    >
      <Show when={stuck()}>
        {(path) => (
          <div class="diff-stuck" aria-hidden="true">
            <Path path={path()} />
          </div>
        )}
      </Show>
      <div
        class="diff-all"
        style={{ height: `${virtual.getTotalSize()}px`, '--columns': columns() }}
      >
        <div class="diff-pane">
          <For each={virtual.getVirtualItems()}>
            {(drawn) => (
              <div
                class="diff-item"
                style={{ height: `${drawn.size}px`, transform: `translateY(${drawn.start}px)` }}
              >
                <One item={items()[drawn.index]} folded={props.folded} onFold={props.onFold} />
              </div>
            )}
          </For>
        </div>
      </div>
    </section>
  )
}

/** Columns of the longest line; never too few, where a letter may take two. */
function longest(rows: readonly DiffRow[]): number {
  return rows.reduce((most, { text }) => {
    const tabs = text.split('\t').length - 1
    const isPlain = /^[\t -~]*$/.test(text)
    return Math.max(most, (isPlain ? text.length : 2 * text.length) + tabs * (TAB_COLUMNS - 1))
  }, 0)
}

/** What there is to say of a file instead of lines, or after them. */
function said(file: DiffFile): Item[] {
  if (file.binary) return [{ type: 'said', text: 'A binary file: its lines are not shown.' }]
  if (file.cut) return [{ type: 'said', text: `Cut here: ${counted(file.cut, 'byte')} more.` }]
  return []
}

function One(props: {
  item: Item | undefined
  folded: ReadonlySet<string>
  onFold(path: string): void
}) {
  const is = <Type extends Item['type']>(type: Type) =>
    props.item?.type === type ? (props.item as Extract<Item, { type: Type }>) : undefined
  return (
    <Switch>
      <Match when={is('file')}>
        {(item) => (
          <FileHead
            file={item().file}
            folded={props.folded.has(item().file.path)}
            onFold={() => props.onFold(item().file.path)}
          />
        )}
      </Match>
      <Match when={is('row')}>{(item) => <Line row={item().row} />}</Match>
      <Match when={is('pair')}>{(item) => <Pair pair={item().pair} />}</Match>
      <Match when={is('said')}>{(item) => <p class="diff-said">{item().text}</p>}</Match>
    </Switch>
  )
}

function FileHead(props: { file: DiffFile; folded: boolean; onFold(): void }) {
  const app = useApp()
  const copy = async () => {
    const done = await copyText(props.file.path)
    app.say(done ? 'Path copied.' : 'This page may not use the clipboard here.')
  }
  /** In one piece: the parts of a path are drawn apart. */
  const label = () => {
    const { from, path } = props.file
    return visible(from === undefined ? path : `${from} → ${path}`)
  }
  return (
    <div class="diff-file">
      <button
        type="button"
        class="fold"
        aria-expanded={!props.folded}
        aria-label={label()}
        title={props.folded ? 'Show its lines' : 'Hide its lines'}
        onClick={() => props.onFold()}
      >
        <ChevronRight aria-hidden="true" />
        <Show when={props.file.from}>
          {(from) => (
            <>
              <Path path={from()} /> →{' '}
            </>
          )}
        </Show>
        <Path path={props.file.path} />
      </button>
      <span class="status">{props.file.status}</span>
      <button
        type="button"
        class="btn quiet icon"
        aria-label={`Copy the path ${props.file.path}`}
        title="Copy the path"
        onClick={() => void copy()}
      >
        <Copy aria-hidden="true" />
      </button>
    </div>
  )
}

function Line(props: { row: DiffRow }) {
  const line = () => (props.row.type === 'note' ? undefined : props.row)
  return (
    <Show when={line()} fallback={<p class="diff-note">{props.row.text}</p>}>
      {(row) => (
        <p class={`diff-line ${row().type}`}>
          <span class="no">{row().old}</span>
          <span class="no">{row().new}</span>
          <span class="sign">{SIGNS[row().type]}</span>
          <Code text={row().text} />
        </p>
      )}
    </Show>
  )
}

function Pair(props: { pair: DiffPair }) {
  const pair = () => (props.pair.type === 'pair' ? props.pair : undefined)
  return (
    <Show
      when={pair()}
      fallback={<p class="diff-note">{props.pair.type === 'note' ? props.pair.text : ''}</p>}
    >
      {(both) => (
        <div class="diff-pair">
          <Half line={both().left} number={both().left?.old} />
          <Half line={both().right} number={both().right?.new} />
        </div>
      )}
    </Show>
  )
}

function Half(props: { line: DiffLine | undefined; number: number | undefined }) {
  return (
    <p class={`diff-line ${props.line?.type ?? 'blank'}`}>
      <span class="no">{props.number}</span>
      <span class="sign">{props.line && SIGNS[props.line.type]}</span>
      <Code text={props.line?.text ?? ''} />
    </p>
  )
}

/** Text that somebody may have written to be misread: what hides in it is shown. */
function Code(props: { text: string }) {
  return (
    <span class="text">
      <code>
        <Foreign text={props.text} />
      </code>
    </span>
  )
}
