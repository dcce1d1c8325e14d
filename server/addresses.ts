import { describeHolder, findPortHolder } from './core/port-holder.ts'
import { type ListenDeps, type Listener, listen } from './listen.ts'
import type { Log } from './log.ts'

/** How often a free port of 127.0.0.1 may turn out to be taken on ::1. */
const FREE_PORT_TRIES = 20

/** The port is taken; the message names the holder and the flag. Exit code 4. */
export class PortTakenError extends Error {
  override name = 'PortTakenError'
  constructor(
    readonly host: string,
    readonly port: number,
  ) {
    const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
    super(
      `port ${port} is taken: ${describeHolder(findPortHolder(host, port))} listens on ${address}. ` +
        'Stop it, or choose another port with --port (paired browsers know this one only)',
    )
  }
}

export interface Listening {
  listeners: Listener[]
  port: number
  /** As URLs, the first one is for people. */
  addresses: string[]
}

/**
 * Listens on the unix socket and on both loopback families at one number: whoever forwards
 * "localhost" may arrive on either, and on one we do not hold a stranger could wait.
 * A machine without IPv6 is told about in the log. Throws `PortTakenError`; leaves nothing open then.
 */
export async function listenEverywhere(
  deps: ListenDeps,
  place: { socketPath: string; port: number; listen: string | undefined },
  log: Log,
): Promise<Listening> {
  const listeners: Listener[] = []
  try {
    listeners.push(await listen(deps, { path: place.socketPath }))
    const loopback = await listenLoopback(deps, place.port, log)
    listeners.push(...loopback.listeners)
    const { port } = loopback
    const addresses = loopback.hosts.map((host) => `http://${host}:${port}/`)
    if (place.listen) {
      listeners.push(await bind(deps, place.listen, port))
      const host = place.listen.includes(':') ? `[${place.listen}]` : place.listen
      addresses.push(`http://${host}:${port}/`)
      log.warn({ address: place.listen }, 'listening beyond loopback, as asked for')
    }
    return { listeners, port, addresses }
  } catch (error) {
    for (const listener of listeners) listener.stop()
    throw error
  }
}

async function listenLoopback(
  deps: ListenDeps,
  wanted: number,
  log: Log,
): Promise<{ listeners: Listener[]; port: number; hosts: string[] }> {
  for (let tries = 1; ; tries++) {
    const four = await bind(deps, '127.0.0.1', wanted)
    try {
      const six = await bind(deps, '::1', four.port)
      return { listeners: [four, six], port: four.port, hosts: ['127.0.0.1', '[::1]'] }
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT') {
        log.warn({ code }, 'this machine has no IPv6 loopback: listening on 127.0.0.1 alone')
        return { listeners: [four], port: four.port, hosts: ['127.0.0.1'] }
      }
      four.stop()
      if (wanted !== 0 || tries >= FREE_PORT_TRIES) throw error
    }
  }
}

async function bind(deps: ListenDeps, host: string, port: number): Promise<Listener> {
  try {
    return await listen(deps, { host, port })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') throw new PortTakenError(host, port)
    throw error
  }
}
