import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'playwright/test'
import type { HooksResponse } from '../../server/protocol.ts'
import { startServer } from '../support/server.ts'

test('how hooks stand is told as the command line tells it, and asking changes nothing', async () => {
  await using server = await startServer()
  const token = await server.pair('watch')
  const ask = async () => (await server.api(token).get<HooksResponse>('/api/hooks')).json
  const of = async (kind: string) => (await ask()).hooks.find((one) => one.kind === kind)

  expect(await ask()).toMatchObject({ listening: true })
  expect(await of('claude')).toMatchObject({ state: 'absent', detected: false })
  expect((await of('codex'))?.optIn).toContain('review of new hooks')

  mkdirSync(join(server.home, '.claude'))
  await server.command('hooks', 'install', 'claude')
  const file = join(server.home, '.claude', 'settings.json')
  const written = readFileSync(file, 'utf8')
  expect(await of('claude')).toEqual({ kind: 'claude', state: 'installed', detected: true, file })
  expect(readFileSync(file, 'utf8')).toBe(written)

  mkdirSync(join(server.home, '.gemini', 'settings.json'), { recursive: true })
  expect(await of('gemini')).toMatchObject({ state: 'unreadable', detected: true })
  expect((await server.api().get('/api/hooks')).status).toBe(401)
})

test('that nobody reads what hooks report is told', async () => {
  await using server = await startServer({ args: ['--no-hooks'] })
  const { json } = await server.api(await server.pair()).get<HooksResponse>('/api/hooks')
  expect(json.listening).toBe(false)
})
