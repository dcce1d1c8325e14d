import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'playwright/test'
import { FolderWatches } from '../../server/lib/folder-watches.ts'
import { scratchFolder } from '../support/scratch.ts'

/** Watches of this process that are open. */
const open = () =>
  process.getActiveResourcesInfo().filter((resource) => resource === 'FSEventWrap').length

/** As an agent writes its state: half a file is never read. */
function replace(path: string): void {
  writeFileSync(`${path}.tmp`, `${Math.random()}`)
  renameSync(`${path}.tmp`, path)
}

test('files of one folder take one watch, and each follower hears of its own', async () => {
  await using scratch = await scratchFolder()
  const watches = new FolderWatches()
  const before = open()
  const told = new Map<string, number>()
  const followers = Array.from({ length: 50 }, (_, index) => {
    const path = join(scratch.path, `${index}.json`)
    const changed = () => told.set(path, (told.get(path) ?? 0) + 1)
    watches.follow(path, changed)
    return { path, changed }
  })
  expect(open()).toBe(before + 1)
  for (const { path, changed } of followers) expect(watches.has(path, changed)).toBe(true)

  const [first, second] = followers.map(({ path }) => path)
  replace(first ?? '')
  replace(second ?? '')
  // The kernel tells in the order of the changes.
  await expect.poll(() => told.has(second ?? '')).toBe(true)
  expect([...told.keys()]).toEqual([first, second])

  const all = open()
  for (const { path, changed } of followers) watches.leave(path, changed)
  // What is closed stands there until the next turn of the loop.
  await expect.poll(open).toBeLessThan(all)
})

test('a folder that was replaced is followed anew by who is told of it', async () => {
  await using scratch = await scratchFolder()
  const folder = join(scratch.path, 'states')
  mkdirSync(folder)
  const watches = new FolderWatches()
  const path = join(folder, 'one.json')
  let times = 0
  const changed = () => {
    times += 1
  }
  watches.follow(path, changed)
  rmSync(folder, { recursive: true })
  await expect.poll(() => watches.has(path, changed)).toBe(false)
  expect(times).toBeGreaterThan(0)
  watches.follow(path, changed)
  expect(watches.has(path, changed)).toBe(false)

  mkdirSync(folder)
  watches.follow(path, changed)
  expect(watches.has(path, changed)).toBe(true)
  const before = times
  replace(path)
  await expect.poll(() => times).toBeGreaterThan(before)
  watches.leave(path, changed)
  expect(watches.has(path, changed)).toBe(false)
})
