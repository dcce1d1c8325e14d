import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { expect, test } from 'playwright/test'
import type { PairResponse } from '../../server/protocol.ts'
import { startServer } from '../support/server.ts'
import { startTmux } from '../support/tmux.ts'

test('no token and no ticket ends up in a log, a file, an argument, an environment or tmux', async () => {
  await using tmux = await startTmux()
  await tmux.newSession()
  await using server = await startServer({ tmux, args: ['--log-level', 'debug'] })

  const ticket = new URL(server.link).hash.slice('#k='.length)
  const { json } = await server.api().post<PairResponse>('/api/pair', { ticket, name: 'desktop' })
  const { token } = json
  const second = await server.command('url', '--json')
  const url = JSON.parse(second.stdout) as { ticket: string }
  const socketTicket = await server.socketTicket(token)
  const socket = await server.feed(token)
  // Faults are logged most readily, so some are made with the secrets in every place.
  await server.api(token).get(`/api/nothing/${token}?token=${token}`)
  await server.api(token).post('/api/sessions', `{"broken": "${token}`)
  await server.api(`${token.slice(0, -1)}x`).get('/api/status')
  await server.api().post('/api/pair', { ticket, name: token })
  socket.terminate()

  const proc = (name: string) => readFileSync(`/proc/${server.pid}/${name}`, 'latin1')
  const files = readdirSync(server.dataDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'local-token')
    .map((entry) => relative(server.dataDir, join(entry.parentPath, entry.name)))
  const places: Record<string, string> = {
    log: server.output.stderr,
    arguments: proc('cmdline'),
    environment: proc('environ'),
    'tmux environment': await tmux.run('show-environment', '-g'),
    'tmux messages': await tmux.run('show-messages').catch(() => ''),
  }
  for (const name of files) places[name] = readFileSync(join(server.dataDir, name), 'latin1')
  expect(Object.keys(places)).toContain('dogwatch.db')
  const secrets = { token, ticket, url: url.ticket, socketTicket }
  for (const [where, text] of Object.entries(places)) {
    for (const [what, secret] of Object.entries(secrets)) {
      expect(secret.length, what).toBe(43)
      expect(text.includes(secret), `${what} in ${where}`).toBe(false)
    }
  }
  expect(server.output.stderr).toContain('listening')
})
