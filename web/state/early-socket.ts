import { dial } from './dial.ts'

/** Nobody took it within this time: the server would close it soon after, milliseconds. */
const UNCLAIMED_MS = 8_000

let early: { session: string; socket: Promise<WebSocket | undefined> } | undefined

/**
 * Opens the socket of the terminal that the address names, before the terminal's code is here and
 * before the feed has told which pane it shows: the frame that opens a terminal says that. Nothing
 * is sent, so nothing arrives, until the terminal takes it.
 */
export function openEarlySocket(): void {
  const session = /^\/s\/([^/]+)/.exec(location.pathname)?.[1]
  if (session === undefined) return
  early = { session, socket: start(session) }
}

async function start(session: string): Promise<WebSocket | undefined> {
  try {
    const socket = await dial(() => `/ws/terminal/${session}`)
    setTimeout(() => {
      if (early) socket.close()
      early = undefined
    }, UNCLAIMED_MS)
    return socket
  } catch {
    // No answer, or no right to one: the terminal asks again by itself, and says so.
    return undefined
  }
}

/** The early socket, once and for its session alone. Undefined where it has failed meanwhile. */
export async function takeEarlySocket(session: string): Promise<WebSocket | undefined> {
  if (early?.session !== session) return undefined
  const { socket } = early
  early = undefined
  const taken = await socket
  return taken && taken.readyState <= WebSocket.OPEN ? taken : undefined
}
