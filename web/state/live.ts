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
   * thousand times as much. Moves with a change that comes alone, and five times a second while more
   * come. Changes in place, so nothing that is kept may come from it; `feed` has what a row shows.
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

/**
 * Frames of one pass: so many, or this share of what waits, so that a burst is spread over some
 * frames of the screen and a flood of them is still taken in within half a second.
 */
const PASS_FRAMES = 16
const PASS_SHARE = 1 / 3

/** What goes through all of the facts does so at once after a pause, and else so often; milliseconds. */
const FACTS_MS = 200

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
  const waiting: FeedFrame[] = []
  let passedAt = Number.NEGATIVE_INFINITY
  let factsAt = Number.NEGATIVE_INFINITY
  let areFactsOld = false
  let timer: ReturnType<typeof setTimeout> | undefined
  let isPassDue = false
  const pass = () => {
    isPassDue = false
    passedAt = performance.now()
    const mayTell = passedAt - factsAt >= FACTS_MS
    // Either takes much of a frame's time: facts that had to wait are told by themselves.
    const isTurnOfFacts = areFactsOld && mayTell
    const count = isTurnOfFacts ? 0 : Math.max(PASS_FRAMES, waiting.length * PASS_SHARE)
    const frames = waiting.splice(0, count)
    batch(() => {
      for (const frame of frames) applyFrame(feed, setFeed, frame)
      areFactsOld ||= frames.some(isTelling)
      if (!areFactsOld || !mayTell) return
      areFactsOld = false
      factsAt = passedAt
      tellFacts(unwrap(feed))
    })
    if (waiting.length > 0 || areFactsOld) passSoon()
  }
  const passSoon = () => {
    if (isPassDue) return
    isPassDue = true
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
    waiting.push(frame)
    passSoon()
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
