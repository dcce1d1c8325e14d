import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { test } from 'playwright/test'
import { hookCommand } from '../../../server/agents/hooks/words.ts'
import { makeFolders } from '../../../server/agents/spool.ts'
import { scratchFolder } from '../../support/scratch.ts'
import { report, sized } from '../row.ts'
import { pooled, quantile, type Rounds, ratioOf } from '../stats.ts'

const ROUNDS = sized(20, 5)
const CALLS = sized(15, 8)
const EVENT = JSON.stringify({ session_id: 'c', tool_name: 'Bash', tool_input: { command: 'ls' } })

/** Milliseconds that an agent waits for a hook: until the shell has ended and its pipes are closed. */
async function call(command: string): Promise<number> {
  const start = performance.now()
  const child = spawn('/bin/sh', ['-c', command], { stdio: ['pipe', 'pipe', 'ignore'] })
  const closed = once(child, 'close')
  // A shell that reads nothing may be gone before the event is written.
  child.stdin?.on('error', () => {})
  child.stdin?.end(EVENT)
  child.stdout?.resume()
  await closed
  return performance.now() - start
}

test('what a hook costs the agent', async () => {
  await using folder = await scratchFolder()
  await mkdir(folder.path, { recursive: true })
  const script = join(folder.path, 'hook.sh')
  await copyFile(resolve('server/agents/hook.sh'), script)
  const spool = join(folder.path, 'spool')
  await makeFolders(spool)
  // As while the server runs: this process stands for it.
  await writeFile(join(spool, 'reader'), `${process.pid}\n`)
  const command = hookCommand(script, 'claude', 'PreToolUse', '')
  const hook: Rounds = []
  const nothing: Rounds = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const [ours, bare]: [number[], number[]] = [[], []]
    for (let at = 0; at < CALLS; at += 1) {
      ours.push(await call(command))
      bare.push(await call(':'))
    }
    hook.push(ours)
    nothing.push(bare)
    await rm(join(spool, 'new'), { recursive: true })
    await makeFolders(spool)
  }
  for (const q of [0.5, 0.95]) {
    const of = (values: readonly number[]) => quantile(values, q)
    const name = `p${q * 100}`
    const [value, floor] = [of(pooled(hook)), of(pooled(nothing))]
    await report(test.info(), {
      id: `hook.${name}`,
      name: `a hook of an agent, ${name}`,
      unit: 'ms',
      value,
      floor: { name: 'sh -c :', value: floor },
      ratio: ratioOf(hook, nothing, of),
    })
    if (q === 0.5) continue
    await report(test.info(), {
      id: `hook.${name}.above`,
      name: `a hook of an agent above sh -c :, ${name}`,
      unit: 'ms',
      value: value - floor,
      budget: { of: 'value', max: 15 },
    })
  }
})
