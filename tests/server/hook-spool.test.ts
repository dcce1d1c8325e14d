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

/** A process that applies events; `said` is what it applied so far, line by line. */
function startReader(dataDir: string): { child: ChildProcess; said: string[] } {
  const child = spawn(process.execPath, [READER, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] })
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
  let again = 0
  // Down.
  fireSome(20)
  for (const after of [1, 4, 9]) {
    const { child, said } = startReader(folder.path)
    await expect.poll(() => said.length, { intervals: [1] }).toBeGreaterThanOrEqual(after)
    await kill(child, 'SIGKILL')
    again += said.filter((line) => line.startsWith('again')).length
    // So many that the next one applies enough of them, although this one had applied all.
    fireSome(10)
  }
  // Hung.
  const { child, said } = startReader(folder.path)
  await expect.poll(() => said.length).toBeGreaterThan(0)
  child.kill('SIGSTOP')
  fireSome(5)
  child.kill('SIGCONT')
  await expect.poll(() => readdir(join(folder.path, 'spool', 'new'))).toEqual([])
  await kill(child, 'SIGTERM')
  again += said.filter((line) => line.startsWith('again')).length
  expect(applied(folder.path)).toEqual(expected)
  expect(again, 'at least one kill fell between commit and deletion').toBeGreaterThan(0)
})
