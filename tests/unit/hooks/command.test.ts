import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'playwright/test'
import { changeHooks } from '../../../server/cli/hooks.ts'
import { readConfig } from '../../../server/config.ts'
import { scratchFolder } from '../../support/scratch.ts'

interface Row {
  kind: string
  state: string
  act: string
  reason?: string
  detail?: string
}

async function run(home: string, ...args: string[]) {
  const env = { HOME: home, CODEX_HOME: join(home, 'codex') }
  const machine = { home, uid: 1000, tmpDir: '/tmp' }
  const config = readConfig(['hooks', ...args], env, machine)
  if ('say' in config) throw new Error('a text, not a configuration')
  const { text, data, code } = await changeHooks(config)
  const rows = (data as { hooks: Row[] }).hooks
  return { text, code, rows, of: (kind: string) => rows.find((row) => row.kind === kind) }
}

test('install takes the agents that are used here, and Codex only by name, with the reason', async () => {
  await using folder = await scratchFolder()
  for (const used of ['.claude', 'codex', '.gemini']) await mkdir(join(folder.path, used))
  const first = await run(folder.path, 'install')
  expect(first.code).toBe(0)
  expect(first.of('claude')).toMatchObject({ act: 'installed', state: 'installed' })
  expect(first.of('gemini')).toMatchObject({ act: 'installed' })
  expect(first.of('opencode')).toMatchObject({ act: 'skipped', reason: 'not used here so far' })
  expect(first.of('codex')).toMatchObject({ act: 'skipped', state: 'absent' })
  expect(first.text).toContain('full-screen review')
  expect(first.text).toContain('dogwatch hooks install codex')

  const named = await run(folder.path, 'install', 'codex')
  expect(named.rows).toMatchObject([{ kind: 'codex', act: 'installed', state: 'installed' }])
  expect(await readFile(join(folder.path, 'codex', 'hooks.json'), 'utf8')).toContain(
    'PermissionRequest',
  )

  const again = await run(folder.path, 'install')
  expect(again.of('claude')).toMatchObject({ act: 'none', state: 'installed' })

  const status = await run(folder.path)
  expect(status.rows.map(({ kind, state }) => `${kind} ${state}`)).toEqual([
    'claude installed',
    'codex installed',
    'copilot absent',
    'gemini installed',
    'opencode absent',
  ])
  const gone = await run(folder.path, 'uninstall')
  expect(gone.of('claude')).toMatchObject({ act: 'uninstalled', state: 'absent' })
  expect(gone.of('copilot')).toMatchObject({ act: 'none' })
})

test('settings that cannot be edited fail by name, the others are installed', async () => {
  await using folder = await scratchFolder()
  for (const used of ['.claude', '.gemini']) await mkdir(join(folder.path, used))
  await writeFile(join(folder.path, '.claude', 'settings.json'), '{ broken')
  const { code, of } = await run(folder.path, 'install')
  expect(code).toBe(1)
  expect(of('claude')).toMatchObject({ act: 'failed', state: 'unreadable' })
  expect(of('gemini')).toMatchObject({ act: 'installed' })
})

test('unknown words are refused', async () => {
  await expect(run('/nowhere', 'remove')).rejects.toThrow('hooks takes status, install, uninstall')
  await expect(run('/nowhere', 'install', 'vim')).rejects.toThrow('"vim" has no hooks')
})
