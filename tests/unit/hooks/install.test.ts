import {
  copyFile,
  lstat,
  mkdir,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from 'playwright/test'
import { hookStatus, installHooks, uninstallHooks } from '../../../server/agents/hooks/install.ts'
import { HOOK_KINDS, type HookKind, hookPlace } from '../../../server/agents/hooks/places.ts'
import { parseSpoolFile } from '../../../server/agents/spool-file.ts'
import { Random } from '../../support/random.ts'
import { scratchFolder } from '../../support/scratch.ts'

/** A home and a data folder of a test's own. */
async function scratchHome() {
  const folder = await scratchFolder()
  const options = { env: { HOME: join(folder.path, 'home') }, dataDir: join(folder.path, 'data') }
  return {
    options,
    file: (kind: HookKind) => hookPlace(kind, options.env).file,
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  }
}

async function put(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, text)
}

const SETTINGS: Record<string, string> = {
  empty: '{}',
  'empty with a newline inside': '{\n}\n',
  plain: '{\n  "model": "opus",\n  "env": { "A": "1" }\n}\n',
  'with hooks of its own':
    '{\n  "hooks": {\n    "Stop": [\n      { "hooks": [{ "type": "command", "command": "say done" }] }\n    ],\n    "Other": []\n  }\n}\n',
  'with empty hooks': '{ "hooks": {}, "x": 1 }',
  'with empty hooks on two lines': '{ "hooks": {\n  }, "x": 1 }',
  'with an empty list': '{"hooks":{"Stop":[],"PreToolUse":[ ]}}',
  'with comments and a trailing comma':
    '// mine\n{\n  /* all of it */\n  "model": "opus", // the big one\n  "hooks": {\n    // none yet\n  },\n}\n',
  tabs: '{\n\t"a": {\n\t\t"b": [1, 2]\n\t}\n}',
  'windows lines': '{\r\n    "a": 1,\r\n    "b": "\\u00e9"\r\n}\r\n',
  'one line': '{"a":1,"b":[{"c":"}{\\""}]}',
  'byte order mark': '\ufeff{ "a": 1 }',
  'odd spacing': '\n\n  {   "a"   :   1   }   \n\n',
}

for (const kind of ['claude', 'codex', 'gemini'] as const) {
  for (const [name, text] of Object.entries(SETTINGS)) {
    test(`${kind}: settings that are ${name} are the same bytes after install and uninstall`, async () => {
      await using home = await scratchHome()
      await put(home.file(kind), text)
      expect((await installHooks(kind, home.options)).state).toBe('installed')
      const edited = await readFile(home.file(kind), 'utf8')
      expect(edited).not.toBe(text)
      for (const event of hookPlace(kind, home.options.env).events) {
        expect(edited).toContain(`"${event}"`)
      }
      await installHooks(kind, home.options)
      expect(await readFile(home.file(kind), 'utf8'), 'a second install').toBe(edited)
      expect((await uninstallHooks(kind, home.options)).state).toBe('absent')
      expect(await readFile(home.file(kind), 'utf8')).toBe(text)
    })
  }
}

for (const kind of HOOK_KINDS) {
  test(`${kind}: a file that we made is gone after uninstall`, async () => {
    await using home = await scratchHome()
    expect(await hookStatus(kind, home.options)).toMatchObject({ state: 'absent', detected: false })
    expect((await installHooks(kind, home.options)).state).toBe('installed')
    expect((await uninstallHooks(kind, home.options)).state).toBe('absent')
    await expect(stat(home.file(kind))).rejects.toMatchObject({ code: 'ENOENT' })
  })
}

test('what plain JSON says with our hooks in it is what it said before, and the hooks', async () => {
  await using home = await scratchHome()
  const text = SETTINGS['with hooks of its own'] ?? ''
  await put(home.file('claude'), text)
  await installHooks('claude', home.options)
  const parsed = JSON.parse(await readFile(home.file('claude'), 'utf8'))
  const stop = parsed.hooks.Stop
  expect(stop).toHaveLength(2)
  expect(stop[1]).toEqual({ hooks: [{ type: 'command', command: 'say done' }] })
  expect(stop[0].hooks[0]).toMatchObject({ type: 'command', timeout: 5 })
  expect(parsed.hooks.PermissionRequest[0].matcher).toBe('*')
  expect(JSON.stringify(parsed)).not.toMatch(/allow|approve/)
})

test('gemini waits in milliseconds and is never called for each piece of an answer', async () => {
  await using home = await scratchHome()
  await installHooks('gemini', home.options)
  const { hooks } = JSON.parse(await readFile(home.file('gemini'), 'utf8'))
  expect(hooks.BeforeTool[0].hooks[0].timeout).toBe(5_000)
  expect(Object.keys(hooks)).not.toContain('AfterModel')
})

test('what the user changes in between stays', async () => {
  await using home = await scratchHome()
  await put(home.file('claude'), '{\n  "model": "opus"\n}\n')
  await installHooks('claude', home.options)
  const edited = await readFile(home.file('claude'), 'utf8')
  await writeFile(home.file('claude'), edited.replace('"opus"', '"sonnet" // cheaper'))
  await uninstallHooks('claude', home.options)
  expect(await readFile(home.file('claude'), 'utf8')).toBe('{\n  "model": "sonnet" // cheaper\n}\n')
})

test('a program that rewrote the file in its own style does not keep our hooks', async () => {
  await using home = await scratchHome()
  await put(home.file('gemini'), SETTINGS.plain ?? '')
  await installHooks('gemini', home.options)
  const random = new Random(1)
  for (const indent of [0, 2, 4, '\t'] as const) {
    const parsed = JSON.parse(await readFile(home.file('gemini'), 'utf8'))
    const keys = random.shuffle(Object.keys(parsed))
    const moved = Object.fromEntries(keys.map((key) => [key, parsed[key]]))
    await writeFile(home.file('gemini'), JSON.stringify(moved, null, indent))
    expect((await hookStatus('gemini', home.options)).state).toBe('installed')
  }
  await uninstallHooks('gemini', home.options)
  expect(JSON.parse(await readFile(home.file('gemini'), 'utf8'))).toEqual({
    model: 'opus',
    env: { A: '1' },
  })
})

test('what is broken is seen and repaired', async () => {
  await using home = await scratchHome()
  await installHooks('claude', home.options)
  const whole = await readFile(home.file('claude'), 'utf8')
  const parsed = JSON.parse(whole)
  delete parsed.hooks.Stop
  await writeFile(home.file('claude'), JSON.stringify(parsed))
  const broken = await hookStatus('claude', home.options)
  expect(broken).toMatchObject({ state: 'broken' })
  expect(broken.detail).toContain('Stop')
  expect((await installHooks('claude', home.options)).state).toBe('installed')
  await rm(join(home.options.dataDir, 'hook.sh'))
  expect((await hookStatus('claude', home.options)).state).toBe('broken')
  expect((await installHooks('claude', home.options)).state).toBe('installed')
  const moved = { ...home.options, dataDir: join(home.options.dataDir, 'moved') }
  expect((await hookStatus('claude', moved)).state).toBe('broken')
})

test('settings that are no JSON are not touched', async () => {
  await using home = await scratchHome()
  for (const text of ['{ "a": ', '[1, 2', 'hello', '{"hooks": [}', '[]', '{"hooks": 5}']) {
    await put(home.file('claude'), text)
    await expect(installHooks('claude', home.options)).rejects.toThrow(home.file('claude'))
    expect(await readFile(home.file('claude'), 'utf8')).toBe(text)
  }
})

test('a settings file that is a link stays one, and keeps its mode', async () => {
  await using home = await scratchHome()
  const real = join(home.options.env.HOME, 'dotfiles', 'settings.json')
  await put(real, SETTINGS.plain ?? '')
  await mkdir(dirname(home.file('claude')), { recursive: true })
  await symlink(real, home.file('claude'))
  const { mode } = await stat(real)
  await installHooks('claude', home.options)
  expect((await lstat(home.file('claude'))).isSymbolicLink()).toBe(true)
  expect((await stat(real)).mode).toBe(mode)
  expect(await readFile(real, 'utf8')).toContain('dogwatch-hook')
  expect(await readdir(dirname(real)), 'nothing is left beside it').toEqual(['settings.json'])
})

test("somebody else's file under our name is left alone", async () => {
  await using home = await scratchHome()
  await put(home.file('copilot'), '{"version":1}')
  await expect(installHooks('copilot', home.options)).rejects.toThrow('not from dogwatch')
  await uninstallHooks('copilot', home.options)
  expect(await readFile(home.file('copilot'), 'utf8')).toBe('{"version":1}')
})

test('the plugin of opencode leaves the same file as the script, and never throws', async () => {
  await using home = await scratchHome()
  await installHooks('opencode', home.options)
  // opencode loads any file as a module; Node goes by the name.
  const module = join(home.options.dataDir, 'plugin.mjs')
  await copyFile(home.file('opencode'), module)
  const { Dogwatch } = await import(module)
  const plugin = await Dogwatch()
  await plugin.event({ event: { type: 'session.idle', properties: { sessionID: 'ses_1' } } })
  await plugin.event({ event: { type: 'message.part.updated', properties: {} } })
  const spool = join(home.options.dataDir, 'spool', 'new')
  const names = await readdir(spool)
  expect(names).toHaveLength(1)
  const text = await readFile(join(spool, names[0] ?? ''), 'utf8')
  expect(parseSpoolFile(names[0] ?? '', text, 0)).toMatchObject({
    kind: 'opencode',
    event: 'session.idle',
    pid: process.pid,
    payload: { sessionID: 'ses_1' },
  })
  await rm(home.options.dataDir, { recursive: true })
  await plugin.event({ event: { type: 'session.idle', properties: {} } })
})
