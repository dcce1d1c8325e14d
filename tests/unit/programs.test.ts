import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'playwright/test'
import { makePrograms } from '../../server/core/programs.ts'
import { scratchFolder } from '../support/scratch.ts'

test('agents are found by their files, in the PATH and where installers put them', async () => {
  await using folder = await scratchFolder()
  const canary = join(folder.path, 'canary')
  const put = (at: string, mode = 0o755): string => {
    const file = join(folder.path, at)
    mkdirSync(join(file, '..'), { recursive: true })
    writeFileSync(file, `#!/bin/sh\ntouch ${canary}\n`)
    chmodSync(file, mode)
    return file
  }
  const claude = put('one/claude')
  put('two/claude')
  put('one/codex', 0o644)
  mkdirSync(join(folder.path, 'one', 'gemini'), { recursive: true })
  const copilot = put('home/.local/bin/copilot')
  symlinkSync('/nowhere', join(folder.path, 'one', 'opencode'))
  const PATH = [join(folder.path, 'one'), 'relative', '', join(folder.path, 'two')].join(':')
  let now = 0
  const find = makePrograms({ PATH, HOME: join(folder.path, 'home') }, () => now)
  const found = [
    { kind: 'claude', path: claude },
    { kind: 'copilot', path: copilot },
  ]
  expect(await find()).toEqual(found)
  // Installed since: seen as soon as the last look is old.
  const gemini = put('two/gemini')
  expect(await find()).toEqual(found)
  now = 60_000
  expect(await find()).toContainEqual({ kind: 'gemini', path: gemini })
  expect(existsSync(canary)).toBe(false)
})
