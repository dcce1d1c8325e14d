import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, mkdir, readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { expect, test } from 'playwright/test'
import { closeDatabase, openDatabase } from '../../db/open.ts'
import { listTurns } from '../../db/turns.ts'
import { hookCommand } from '../../server/agents/hooks/words.ts'
import { makeFolders } from '../../server/agents/spool.ts'
import { scratchFolder } from '../support/scratch.ts'

const READER = resolve(import.meta.dirname, '../support/spool-reader.mjs')
const SCRIPT = resolve(import.meta.dirname, '../../server/agents/hook.sh')

/**
 * A process that applies events; `said` is what it applied so far, line by line. After `count` of
 * them it stands still before it deletes any.
 */
function startReader(dataDir: string, count?: number): { child: ChildProcess; said: string[] } {
  const args = [READER, dataDir, ...(count === undefined ? [] : [`${count}`])]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const said: string[] = []
  child.stdout
    ?.setEncoding('utf8')
    .on('data', (text: string) => said.push(...text.trim().split('\n')))
  return { child, said }
}

async function kill(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill(signal)
  await ended
}

async function install(dataDir: string): Promise<(event: string) => void> {
  await mkdir(dataDir, { recursive: true })
  const script = join(dataDir, 'hook.sh')
  await copyFile(SCRIPT, script)
  await makeFolders(join(dataDir, 'spool'))
  return (event) => {
    execFileSync('/bin/sh', ['-c', hookCommand(script, 'claude', event, '')], { input: '{}' })
  }
}

function applied(dataDir: string): string[] {
  const { db } = openDatabase(dataDir)
  try {
    return listTurns(db, 'a', { limit: 1_000 })
      .map(({ prompt }) => prompt)
      .reverse()
  } finally {
    closeDatabase(db)
  }
}

test('hooks that fire while we are down, hung or killed in the middle are applied once, in order', async () => {
  await using folder = await scratchFolder()
  const fire = await install(folder.path)
  const expected: string[] = []
  const fireSome = (count: number) => {
    for (let index = 0; index < count; index += 1) {
      const event = `e${expected.length}`
      expected.push(event)
      fire(event)
    }
  }
  const again = (said: string[]) => said.filter((line) => line.startsWith('again')).length
  // Down.
  fireSome(20)
  let committed = 0
  for (const count of [1, 4, 9]) {
    const { child, said } = startReader(folder.path, count)
    await expect.poll(() => said.length).toBe(count)
    await kill(child, 'SIGKILL')
    expect(again(said), 'each kill fell between commit and deletion').toBe(committed)
    committed = count
    fireSome(10)
  }
  // Hung.
  const { child, said } = startReader(folder.path)
  await expect.poll(() => said.length).toBeGreaterThan(0)
  child.kill('SIGSTOP')
  fireSome(5)
  child.kill('SIGCONT')
  await expect.poll(() => readdir(join(folder.path, 'spool', 'new'))).toEqual([])
  await expect.poll(() => again(said)).toBe(committed)
  await kill(child, 'SIGTERM')
  expect(applied(folder.path)).toEqual(expected)
})
