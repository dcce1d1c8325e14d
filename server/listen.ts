import { once } from 'node:events'
import { chmodSync, rmSync } from 'node:fs'
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http'
import type { Duplex } from 'node:stream'
import { createAdaptorServer } from '@hono/node-server'
import { WebSocketServer } from 'ws'
import type { App } from './app.ts'
import { Failure } from './core/failure.ts'
import { Intake } from './core/intake.ts'
import { type HostPolicy, judgeRequest } from './core/origin.ts'
import type { Bindings } from './gate.ts'
import { headersFor, SECURITY_HEADERS } from './headers.ts'
import { SUBPROTOCOL } from './protocol.ts'

/** Connections of one address. Well below the usual 1,024 descriptors of a process, for three of them. */
const MAX_CONNECTIONS = 256 + 64
/** Bytes of one message, also after inflating: a bomb ends its socket, not us. */
const MAX_MESSAGE_BYTES = 1_048_576
/** A request is cut off when it has not arrived whole by then, unless its route waits longer. */
const REQUEST_MS = 30_000
/** The longest that any route may wait. */
const LONGEST_REQUEST_MS = 900_000

export interface ListenDeps {
  app: Pick<App, 'fetch'>
  hosts: HostPolicy
  /** How long a request may take to arrive (milliseconds). Default 30 s. */
  requestMs?: number
}

/** Where to listen: a TCP address or the path of a unix socket. */
export type Address = { host: string; port: number } | { path: string }

/** One listening address. */
export interface Listener {
  /** TCP port; 0 for a unix socket. */
  port: number
  /** No further connections; open ones go on. */
  stop(): void
  /** Ends every connection that is left. */
  destroy(): void
}

/** Listens on one address. Rejects with the system's error (`EADDRINUSE`, `EADDRNOTAVAIL`, ...). */
export async function listen(deps: ListenDeps, address: Address): Promise<Listener> {
  const intake = new Intake(MAX_CONNECTIONS)
  const server = makeServer(deps, intake)
  if ('path' in address) {
    // The lock on the data folder is ours, so a socket file here is what a killed process left.
    rmSync(address.path, { force: true })
    server.listen(address.path)
  } else server.listen(address.port, address.host)
  await once(server, 'listening')
  if ('path' in address) chmodSync(address.path, 0o600)
  const bound = server.address()
  return {
    port: typeof bound === 'object' && bound ? bound.port : 0,
    stop: () => {
      server.close()
    },
    destroy: () => {
      server.close()
      intake.destroyAll()
    },
  }
}

function makeServer(deps: ListenDeps, intake: Intake): Server {
  const { app, hosts } = deps
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    handleProtocols: () => SUBPROTOCOL,
    // Senders ask for it per message. Without context takeover a socket holds no window between.
    perMessageDeflate: {
      threshold: 1_024,
      serverNoContextTakeover: true,
      clientNoContextTakeover: true,
      concurrencyLimit: 4,
    },
  })
  const server = createAdaptorServer({
    // The adaptor keeps its own marks in `env`, so that is added to, not copied.
    fetch: (request, env) => {
      const bindings: Bindings = {
        know: () => intake.know(env.incoming.socket),
        waitForBody: (ms) => arrivals.get(env.incoming)?.(ms),
      }
      return app.fetch(request, Object.assign(env, bindings))
    },
    websocket: { server: sockets },
    createServer,
    serverOptions: {
      headersTimeout: 5_000,
      requestTimeout: LONGEST_REQUEST_MS,
      keepAliveTimeout: 5_000,
      connectionsCheckingInterval: 1_000,
      maxHeaderSize: 16_384,
    },
  }) as Server
  server.on('connection', (socket) => intake.add(socket))
  guardRequests(server, deps, intake)
  guardUpgrades(server, sockets, hosts, intake)
  return server
}

/** How each request that is under way is given more time. */
const arrivals = new WeakMap<object, (ms: number) => void>()

/** Cuts off a request that does not arrive in time; returns what gives it another time from now. */
function limitArrival(request: IncomingMessage, ms: number): (ms: number) => void {
  const cut = () => {
    if (!request.complete) request.socket.destroy()
  }
  let timer = setTimeout(cut, ms)
  request.once('close', () => clearTimeout(timer))
  return (longer) => {
    clearTimeout(timer)
    timer = setTimeout(cut, longer)
  }
}

/** Puts the first half of the gate, and the headers, before everything the adaptor does. */
function guardRequests(server: Server, { hosts, requestMs }: ListenDeps, intake: Intake): void {
  const handlers = server.listeners('request')
  server.removeAllListeners('request')
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    intake.heard(request.socket)
    arrivals.set(request, limitArrival(request, requestMs ?? REQUEST_MS))
    for (const [name, value] of Object.entries(headersFor(request.url ?? ''))) {
      response.setHeader(name, value)
    }
    const refusal = judge(request, hosts)
    if (!refusal) {
      for (const handler of handlers) handler.call(server, request, response)
      return
    }
    const { body, type } = refusalBody(refusal, request.headers.accept)
    response.writeHead(refusal.status, {
      'Content-Type': type,
      'Cache-Control': 'no-store',
      Connection: 'close',
    })
    response.end(body)
  })
}

/** The same for upgrades: a refusal is a plain answer before any 101, and ends the connection. */
function guardUpgrades(
  server: Server,
  sockets: WebSocketServer,
  hosts: HostPolicy,
  intake: Intake,
): void {
  const accepted = new WeakSet<Duplex>()
  sockets.on('connection', (_socket, request: IncomingMessage) => accepted.add(request.socket))
  const handlers = server.listeners('upgrade')
  server.removeAllListeners('upgrade')
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    intake.heard(request.socket)
    const refusal = judge(request, hosts)
    if (refusal) return refuseUpgrade(socket, refusal.status, JSON.stringify(refusal.body))
    // The adaptor leaves other upgrades without any answer.
    if (request.headers.upgrade?.toLowerCase() !== 'websocket') {
      return refuseUpgrade(socket, 400, '')
    }
    // Nor does it end a connection whose upgrade it answered with an error. An accepted one is
    // ended by its WebSocket, which has to hear the other side's close frame first.
    socket.once('finish', () => {
      if (!accepted.has(socket)) socket.destroy()
    })
    for (const handler of handlers) handler.call(server, request, socket, head)
  })
}

function judge(request: IncomingMessage, hosts: HostPolicy): Failure | undefined {
  const { method = '', url = '', rawHeaders, httpVersionMajor } = request
  if (httpVersionMajor !== 1) return new Failure('bad-request', 'Only HTTP/1 is spoken here.')
  return judgeRequest({ method, target: url, rawHeaders }, hosts)
}

function refuseUpgrade(socket: Duplex, status: number, body: string): void {
  socket.on('error', () => {
    // The other side went away before it heard the refusal.
  })
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Connection: close',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...Object.entries(SECURITY_HEADERS).map(([name, value]) => `${name}: ${value}`),
  ]
  socket.once('finish', () => socket.destroy())
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`)
}

/** A page for people who came by a browser, JSON for everyone else. */
function refusalBody(failure: Failure, accept = ''): { body: string; type: string } {
  if (!accept.includes('text/html')) {
    return { body: JSON.stringify(failure.body), type: 'application/json' }
  }
  return {
    body: `<!doctype html><meta charset="utf-8"><title>dogwatch</title><p>${escapeHtml(failure.message)}</p>\n`,
    type: 'text/html; charset=utf-8',
  }
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
