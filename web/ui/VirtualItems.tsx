import { createVirtualizer } from '@tanstack/solid-virtual'
import { createMemo, For, type JSX } from 'solid-js'

/** First guess of a row's height before it is measured, CSS pixels. */
const ROW_HEIGHT = 52

interface VirtualProps {
  /** Keys, unique; `n:` items have no height most of the time. */
  items: readonly string[]
  scroller: HTMLElement | null
  one(item: string): JSX.Element
}

/** A long list of which only what is in sight is drawn. */
export function VirtualItems(props: VirtualProps) {
  const virtual = createVirtualizer({
    get count() {
      return props.items.length
    },
    getScrollElement: () => props.scroller,
    estimateSize: (index) => (props.items[index]?.startsWith('n:') ? 0 : ROW_HEIGHT),
    getItemKey: (index) => props.items[index] ?? index,
    overscan: 12,
  })
  const shown = createMemo(() => virtual.getVirtualItems().map(({ index }) => props.items[index]))
  const start = (item: string | undefined) =>
    virtual.getVirtualItems().find(({ index }) => props.items[index] === item)
  return (
    <ul class="virtual" aria-label="Sessions" style={{ height: `${virtual.getTotalSize()}px` }}>
      <For each={shown()}>
        {(item) => (
          <div
            role="presentation"
            data-index={start(item)?.index}
            ref={(element) => queueMicrotask(() => virtual.measureElement(element))}
            style={{ transform: `translateY(${start(item)?.start ?? 0}px)` }}
          >
            {item && props.one(item)}
          </div>
        )}
      </For>
    </ul>
  )
}
