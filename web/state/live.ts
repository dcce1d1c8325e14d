import { batch, createMemo, createSignal, onCleanup, untrack } from 'solid-js'
import { createStore, unwrap } from 'solid-js/store'
import type { FeedClientFrame, FeedFrame } from '../../server/protocol.ts'
import { applyFrame, emptyFeed, type FeedState } from './apply.ts'
import { learnClock, serverNow } from './clock.ts'
import { takeHello } from './dial.ts'
import { learnHome } from './home.ts'
import { learnKinds } from './kinds.ts'
import { isLookedAt, onLook } from './looked-at.ts'
import { openSocket, type SocketState } from './socket.ts'

/** The feed, live: the store is changed here and nowhere else. */
export interface Live {
  readonly feed: Readonly<FeedState>
  /**
   * The same as plain data, for what goes through all of it: to follow each entry by itself costs a
   * thousand times as much. Moves once for each pass of frames that tell of more than output. Changes
   * in place, so nothing that is kept may come from it; `feed` has what a row shows.
   */
  facts(): Readonly<FeedState>
  /** State of the socket to our own server. */
  socket(): SocketState
  /** How long the feed has not been open, milliseconds; moves once a second. */
  lostFor(): number
  /** The feed is not open, and for longer than a blink: what the page shows may be old. */
  lost(): boolean
  /** The server is of another version than this page, and one reload did not help. */
  outdated(): boolean
  retry(): void
}

/**
 * The first change is shown at once, those that follow it together this often, milliseconds: what an
 * eye tells apart, and few enough passes that a storm of changes leaves the page its time.
 */
const PASS_MS = 50

/** A blink of the network is not worth a word; milliseconds. */
const PATIENCE_MS = 1_000

/** Opens the feed for the life of the Solid owner. */
export function createLive(): Live {
  const [feed, setFeed] = createStore<FeedState>(emptyFeed())
  const [socket, setSocket] = createSignal<SocketState>({ name: 'connecting', attempt: 1 })
  const [lostAt, setLostAt] = createSignal(Date.now())
  const [outdated, setOutdated] = createSignal(false)
  const lostFor = () => {
    // Looked at anew with each second.
    serverNow()
    return socket().name === 'open' ? 0 : Date.now() - lostAt()
  }
  const lost = createMemo(() => lostFor() > PATIENCE_MS)
  const life = new AbortController()
  onCleanup(() => life.abort())

  const [facts, tellFacts] = createSignal<Readonly<FeedState>>(unwrap(feed), { equals: false })
  let waiting: FeedFrame[] = []
  let passedAt = Number.NEGATIVE_INFINITY
  let timer: ReturnType<typeof setTimeout> | undefined
  const pass = () => {
    const frames = waiting
    waiting = []
    passedAt = performance.now()
    batch(() => {
      for (const frame of frames) applyFrame(feed, setFeed, frame)
      if (frames.some(isTelling)) tellFacts(unwrap(feed))
    })
  }
  const passSoon = () => {
    const rest = passedAt + PASS_MS - performance.now()
    if (rest > 0) timer = setTimeout(pass, rest)
    // Frames that came as one task are one pass.
    else queueMicrotask(pass)
  }
  onCleanup(() => clearTimeout(timer))

  const take = (frame: FeedFrame) => {
    if (frame.type === 'hello') {
      learnClock(frame.now)
      noteContact(Date.now())
      learnKinds(frame.kinds)
      learnHome(frame.home)
      setOutdated(frame.version !== __VERSION__ && !reloadOnce(frame.version))
    }
    if (waiting.push(frame) === 1) passSoon()
  }

  // The first hello comes with the tickets that were asked for ahead, and a page is of use before that is open.
  void takeHello().then((hello) => {
    if (!hello || feed.boot !== '' || life.signal.aborted) return
    setLostAt(Date.now())
    take(hello)
  })
  const connection = openSocket<FeedFrame>('/ws/feed', {
    signal: life.signal,
    onState: (state) => {
      const before = untrack(socket)
      if (before.name === 'open' && state.name !== 'open') {
        setLostAt(Date.now())
        noteContact(Date.now())
      }
      setSocket(state)
    },
    onFrame: take,
    pingWith: () => ({ looks: isLookedAt() }),
  })
  const tellLook = () => {
    const ping: FeedClientFrame = { type: 'ping', at: Date.now(), looks: isLookedAt() }
    connection.send(ping)
  }
  onLook(tellLook, life.signal)

  return {
    feed,
    facts,
    socket,
    lostFor,
    lost,
    outdated,
    retry: () => connection.retry(),
  }
}

const CONTACT = 'dogwatch.contact'

/** For a page that opens without the server: when this device was last connected (epoch milliseconds). */
function noteContact(at: number): void {
  try {
    localStorage.setItem(CONTACT, String(at))
  } catch {
    // Without storage a page that opens without the server has nothing to say about it.
  }
}

/** When this device was last connected, epoch milliseconds; undefined where it never was. */
export function lastContact(): number | undefined {
  try {
    return Number(localStorage.getItem(CONTACT)) || undefined
  } catch {
    // As above.
    return undefined
  }
}

/** Output moves nothing but the rows it is of, and those follow it by themselves. */
function isTelling({ type }: FeedFrame): boolean {
  return type !== 'output' && type !== 'pong' && type !== 'storage'
}

const RELOADED = 'dogwatch.reloaded-for'

/** Reloads for a new version, but only once for each: a loop would be worse than an old page. */
function reloadOnce(version: string): boolean {
  try {
    if (sessionStorage.getItem(RELOADED) === version) return false
    sessionStorage.setItem(RELOADED, version)
  } catch {
    // Without storage nothing would stop the loop: say it instead of reloading.
    return false
  }
  location.reload()
  return true
}
