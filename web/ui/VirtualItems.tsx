import { createVirtualizer, measureElement } from '@tanstack/solid-virtual'
import {
  type Accessor,
  createComputed,
  createEffect,
  createMemo,
  createSignal,
  For,
  type JSX,
  on,
  onCleanup,
} from 'solid-js'

/** First guesses of heights before they are measured, CSS pixels. */
const ROW_HEIGHT = 56
const HEADING_HEIGHT = 38

/** Rows drawn beyond the edge on either side, for a hand that scrolls; and the fewest. */
const SPARE = 6
const SPARE_IN_A_STORM = 1

/**
 * Items that change again within this time run too fast to be scrolled through; milliseconds, and
 * more than the pause that the list keeps between two changes of a storm.
 */
const STOOD_MS = 600

interface VirtualProps {
  /** Keys, unique; `n:` items have no height most of the time. */
  items: readonly string[]
  scroller: HTMLElement | null
  /**
   * Draws an item as a list item, and tells the element. `whole`: with the acts that take no room of
   * their own; false in its first frame, for they are half of what a row costs to draw and a change
   * of the list may bring a screen full of new rows.
   */
  one(item: string, ref: (element: HTMLElement) => void, whole: Accessor<boolean>): JSX.Element
}

/**
 * A long list of which only what is in sight is drawn. What is not drawn is padding, so the items
 * stay ordinary list items for the reader of the screen and for the style sheet.
 */
export function VirtualItems(props: VirtualProps) {
  const calm = createCalm(() => props.items)
  const virtual = createVirtualizer({
    get count() {
      return props.items.length
    },
    getScrollElement: () => props.scroller,
    estimateSize: (index) => {
      const item = props.items[index] ?? ''
      if (item.startsWith('n:')) return 0
      return /^[ghk]:/.test(item) ? HEADING_HEIGHT : ROW_HEIGHT
    },
    getItemKey: (index) => props.items[index] ?? index,
    get overscan() {
      return calm() ? SPARE : SPARE_IN_A_STORM
    },
    // Told before the frame is drawn; to ask an element for its height lays out the page for each.
    measureElement: (element, entry, list) => {
      if (entry) return measureElement(element, entry, list)
      const index = list.indexFromElement(element)
      const known = list.itemSizeCache.get(list.options.getItemKey(index))
      return known ?? list.options.estimateSize(index)
    },
  })
  const drawn = () => virtual.getVirtualItems()
  const shown = createMemo(() => drawn().flatMap(({ index }) => props.items[index] ?? []))
  const indexes = createMemo(() => new Map(props.items.map((item, index) => [item, index])))
  return (
    <ul
      aria-label="Sessions"
      style={{
        'padding-top': `${drawn()[0]?.start ?? 0}px`,
        'padding-bottom': `${virtual.getTotalSize() - (drawn().at(-1)?.end ?? 0)}px`,
      }}
    >
      <For each={shown()}>
        {(item) => {
          let element: HTMLElement | undefined
          let isMeasured = false
          createEffect(() => {
            const index = indexes().get(item)
            if (!element || index === undefined) return
            element.dataset.index = `${index}`
            // Once; from then on it is watched, and where it stands changes nothing of its height.
            if (!isMeasured) virtual.measureElement(element)
            isMeasured = true
          })
          const [whole, setWhole] = createSignal(false)
          // The next callback still comes ahead of the frame that first draws the row.
          let frame = requestAnimationFrame(() => {
            frame = requestAnimationFrame(() => setWhole(true))
          })
          onCleanup(() => cancelAnimationFrame(frame))
          const ref = (drawnElement: HTMLElement) => {
            element = drawnElement
          }
          return props.one(item, ref, whole)
        }}
      </For>
    </ul>
  )
}

/** Whether changes of the items come one by one, with a pause after each. For the life of the owner. */
function createCalm(items: Accessor<readonly string[]>): Accessor<boolean> {
  const [calm, setCalm] = createSignal(true)
  let changedAt = Number.NEGATIVE_INFINITY
  let timer: ReturnType<typeof setTimeout> | undefined
  createComputed(
    on(
      items,
      () => {
        const now = performance.now()
        setCalm(now - changedAt > STOOD_MS)
        changedAt = now
        clearTimeout(timer)
        timer = setTimeout(() => setCalm(true), STOOD_MS)
      },
      { defer: true },
    ),
  )
  onCleanup(() => clearTimeout(timer))
  return calm
}
