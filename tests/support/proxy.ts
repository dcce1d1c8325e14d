import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** A TCP relay to a port on this machine whose line can be cut, or go silent without a word. */
export interface Proxy {
  readonly url: string
  readonly port: number
  /** Ends every connection with a reset; new ones are taken. */
  cut(): void
  /** While silent, nothing passes and nothing is closed; what was held back is lost with `cut`. */
  silence(isSilent: boolean): void
  [Symbol.asyncDispose](): Promise<void>
}

export async function startProxy(target: number): Promise<Proxy> {
  const sockets = new Set<Socket>()
  let silent = false
  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1')
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from)
      from.setNoDelay(true)
      from.on('data', (chunk) => {
        if (!silent) to.write(chunk)
      })
      from.on('end', () => {
        if (!silent) to.end()
      })
      from.on('close', () => {
        sockets.delete(from)
        if (!silent) to.destroy()
      })
      // A reset is what this relay is for; `close` follows and does the rest.
      from.on('error', () => {})
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const cut = () => {
    for (const socket of sockets) socket.resetAndDestroy()
  }
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    cut,
    silence(isSilent) {
      silent = isSilent
    },
    async [Symbol.asyncDispose]() {
      cut()
      server.close()
      await once(server, 'close')
    },
  }
}
