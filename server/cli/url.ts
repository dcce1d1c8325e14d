import { renderUnicodeCompact } from 'uqr'
import type { Config } from '../config.ts'
import type { PairTicketResponse } from '../protocol.ts'
import { type Answer, ask, runningPort, runningSocket } from './client.ts'
import { pairUrl, proxiedUrl } from './welcome.ts'

const NEEDS_FORWARD =
  'On another device 127.0.0.1 is that device: forward the port there first, or serve the page ' +
  'through a proxy (--allow-host).'

/** `dogwatch url`: one more one-use link, for a browser on this machine or behind a forward. */
export async function printUrl(config: Config): Promise<Answer> {
  const { ticket, expiresAt, scope, hosts } = await ask<PairTicketResponse>(
    config,
    'POST',
    '/api/tickets',
    { scope: config.scope },
  )
  const port = runningPort(config.dataDir)
  const url = pairUrl(port, ticket)
  const proxied = hosts.map((host) => proxiedUrl(host, ticket))
  const lines = [`${url}   (one use, 10 minutes)`, ...proxied.map((same) => `or ${same}`)]
  if (config.qr) {
    // Whoever scans it is on another device, where 127.0.0.1 is that device itself.
    lines.push(renderUnicodeCompact(proxied[0] ?? url))
    if (proxied.length === 0) lines.push(NEEDS_FORWARD)
  }
  return {
    text: lines.join('\n'),
    data: { url, proxied, ticket, port, socket: runningSocket(config), expiresAt, scope },
  }
}
