import { renderUnicodeCompact } from 'uqr'
import type { Config } from '../config.ts'
import type { PairTicketResponse } from '../protocol.ts'
import { type Answer, ask, runningPort } from './client.ts'
import { pairUrl } from './welcome.ts'

/** `dogwatch url`: one more one-use link, for a browser on this machine or behind a forward. */
export async function printUrl(config: Config): Promise<Answer> {
  const { ticket, expiresAt, scope } = await ask<PairTicketResponse>(
    config,
    'POST',
    '/api/tickets',
    { scope: config.scope },
  )
  const port = runningPort(config.dataDir)
  const url = pairUrl(port, ticket)
  const code = config.qr ? `\n${renderUnicodeCompact(url)}` : ''
  return {
    text: `${url}   (one use, 10 minutes)${code}`,
    data: { url, ticket, port, socket: config.socketPath, expiresAt, scope },
  }
}
