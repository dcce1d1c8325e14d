import {
  createEffect,
  createMemo,
  createSignal,
  For,
  Match,
  on,
  onCleanup,
  Show,
  Switch,
} from 'solid-js'
import { address, navigate } from '../../state/address.ts'
import { createAsked } from '../../state/asked.ts'
import { serverNow } from '../../state/clock.ts'
import { searchAll } from '../../state/search-api.ts'
import { visible } from '../../state/words.ts'
import { useApp } from '../../ui/context.ts'
import { SEARCH_BOX } from '../../ui/open-search.ts'
import { PageFrame } from '../../ui/PageFrame.tsx'
import { SearchFilters } from './Filters.tsx'
import { HitList } from './HitList.tsx'
import { groupHits } from './hits.ts'
import {
  hasFilter,
  type PageQuery,
  readQuery,
  searchPath,
  timeFrom,
  withoutFilters,
} from './query.ts'
import '../../style/search.css'

/** Who types is left to finish the word; milliseconds. */
const TYPING_MS = 180
const FIRST = 50
/** The most that the server lists. */
const MOST = 200

/** Where the page was left for what it found: coming back shows the same place. */
let left = { path: '', top: 0, hit: '' }

/** One box over live screens and everything that is remembered. The address holds the search. */
export function Search() {
  const { live } = useApp()
  const query = createMemo(() => readQuery(address().search))
  const [text, setText] = createSignal(query().text)
  const [limit, setLimit] = createSignal(FIRST)
  let box: HTMLInputElement | undefined
  let scroller: HTMLElement | undefined
  let timer: number | undefined
  let written = query().text

  const go = (next: PageQuery, replace: boolean) => {
    clearTimeout(timer)
    written = next.text
    setLimit(FIRST)
    navigate(searchPath(next), { replace })
  }
  const change = (part: Partial<PageQuery>) =>
    go({ ...query(), text: text().trim(), ...part }, true)
  const type = (value: string) => {
    setText(value)
    clearTimeout(timer)
    timer = window.setTimeout(() => change({}), TYPING_MS)
  }
  // Back and forward change the box as well; what is being typed stays.
  createEffect(
    on(
      () => query().text,
      (now) => {
        if (now !== written) setText(now)
        written = now
      },
    ),
  )
  const found = createAsked(
    () => (query().text.trim() ? `${limit()} ${address().search}` : undefined),
    (_key, signal) => {
      const { text, kinds, agent, session, repository, time } = query()
      const from = timeFrom(time, serverNow())
      return searchAll({ text, kinds, agent, session, repository, from, limit: limit() }, signal)
    },
  )
  const answer = () => (query().text.trim() ? found.value() : undefined)
  const groups = createMemo(() => {
    const { sessions, agents } = live.feed
    return groupHits(answer()?.hits ?? [], query().grouping, { sessions, agents }, Date.now())
  })

  createEffect(() => {
    if (!answer() || left.path !== address().search) return
    const { top, hit } = left
    left = { path: '', top: 0, hit: '' }
    requestAnimationFrame(() => {
      if (scroller) scroller.scrollTop = top
      const links = scroller?.querySelectorAll<HTMLAnchorElement>('.hit') ?? []
      for (const link of links) if (link.dataset.hit === hit) link.focus({ preventScroll: true })
    })
  })
  onCleanup(() => clearTimeout(timer))
  const leave = (hit: string) => {
    left = { path: address().search, top: scroller?.scrollTop ?? 0, hit }
  }
  const count = () => answer()?.hits.length ?? 0

  return (
    <PageFrame
      title="Search"
      ref={(element) => {
        scroller = element
        element.addEventListener('keydown', walk)
      }}
      tools={
        <search class="search-tools">
          <input
            ref={(element) => {
              box = element
              const typedAhead = document.activeElement?.id === SEARCH_BOX
              // A finger did not ask for the keyboard yet, and a search may be coming back.
              const isNew = query().text === '' && matchMedia('(pointer: fine)').matches
              if (typedAhead || isNew) {
                queueMicrotask(() => element.focus())
              }
            }}
            id={SEARCH_BOX}
            class="field"
            type="search"
            placeholder="Words that stood on a screen, were said or asked"
            aria-label="Search everything"
            autocomplete="off"
            autocapitalize="off"
            autocorrect="off"
            spellcheck={false}
            enterkeyhint="search"
            maxlength={1_000}
            value={text()}
            onInput={(event) => {
              if (!event.isComposing) type(event.currentTarget.value)
            }}
            onCompositionEnd={(event) => type(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.isComposing) return
              if (event.key === 'Enter') {
                change({})
                // The keyboard of a phone covers what was found.
                if (!matchMedia('(pointer: fine)').matches) event.currentTarget.blur()
              } else if (event.key === 'ArrowDown') {
                event.preventDefault()
                scroller?.querySelector<HTMLElement>('.hit')?.focus()
              } else if (event.key === 'Escape' && text() !== '') {
                event.preventDefault()
                setText('')
                change({ text: '' })
              }
            }}
          />
          <SearchFilters query={query()} hits={answer()?.hits ?? []} onChange={change} />
        </search>
      }
    >
      <Switch>
        <Match when={query().text.trim() === ''}>
          <div class="empty">
            <h2>Search everything</h2>
            <p>
              The screens of now, what terminals showed while agents worked, conversations, titles
              and prompts, of agents that have ended too.
            </p>
            <p class="hint">
              All words must stand in one line. “Quotes” keep words together. No sign has a meaning
              of its own.
            </p>
          </div>
        </Match>
        <Match when={found.error()}>
          {(error) => (
            <div class="empty" data-testid="search-error">
              <h2>The search did not work</h2>
              <p>{error()}</p>
              <button type="button" class="btn" onClick={() => found.again()}>
                Try again
              </button>
            </div>
          )}
        </Match>
        <Match when={!answer()}>
          <p class="hint">Searching</p>
        </Match>
        <Match when={count() === 0}>
          <div class="empty">
            <h2>Nothing found for “{visible(query().text)}”</h2>
            <Show
              when={hasFilter(query())}
              fallback={<p>Try fewer words, or a part of one: three letters are enough.</p>}
            >
              <p>Only a part of what is remembered was looked through.</p>
              <button type="button" class="btn" onClick={() => go(withoutFilters(query()), true)}>
                Search everywhere
              </button>
            </Show>
          </div>
        </Match>
        <Match when={answer()}>
          {(told) => (
            <div class="hits" classList={{ old: found.asking() }} aria-busy={found.asking()}>
              <For each={groups()}>
                {(group) => (
                  <HitList
                    group={group}
                    grouping={query().grouping}
                    onOpen={leave}
                    onOnly={(only) => change(only)}
                  />
                )}
              </For>
              <p class="hint hits-end">
                {count()} {count() === 1 ? 'line' : 'lines'} found in {told().took} ms.
                <Show when={told().more}> More was found than is listed here.</Show>
              </p>
              <Show when={told().more && limit() < MOST}>
                <button type="button" class="btn" onClick={() => setLimit(MOST)}>
                  Show more
                </button>
              </Show>
            </div>
          )}
        </Match>
      </Switch>
    </PageFrame>
  )

  /** Arrow keys, Home and End go from line to line; Enter is the link's own. */
  function walk(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return
    const lines = [...(scroller?.querySelectorAll<HTMLElement>('.hit') ?? [])]
    const here = lines.findIndex((line) => line.matches(':focus'))
    if (here < 0) return
    if (event.key === 'ArrowDown') lines[here + 1]?.focus()
    else if (event.key === 'ArrowUp') (lines[here - 1] ?? box)?.focus()
    else if (event.key === 'Home') lines[0]?.focus()
    else if (event.key === 'End') lines.at(-1)?.focus()
    else if (event.key === 'Escape') box?.focus()
    else return
    event.preventDefault()
  }
}
