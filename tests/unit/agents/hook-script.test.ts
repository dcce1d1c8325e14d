import { spawn } from 'node:child_process'
import { chmod, copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { expect, test } from 'playwright/test'
import { hookCommand } from '../../../server/agents/hooks/words.ts'
import { makeFolders } from '../../../server/agents/spool.ts'
import { parseSpoolFile } from '../../../server/agents/spool-file.ts'
import { scratchFolder } from '../../support/scratch.ts'

const SCRIPT = resolve('server/agents/hook.sh')

async function install(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true })
  const script = join(folder, 'hook.sh')
  await copyFile(SCRIPT, script)
  await makeFolders(join(folder, 'spool'))
  return script
}

interface Ran {
  code: number | null
  out: string
  err: string
  ms: number
}

/** Runs a command line as an agent does: a shell, the event on stdin, waiting for the pipes to close. */
function runHook(
  command: string,
  stdin: string,
  env: NodeJS.ProcessEnv = {},
  hasScript = true,
): Promise<Ran> {
  return new Promise((done, fail) => {
    const started = performance.now()
    const child = spawn('/bin/sh', ['-c', command], { env: { PATH: process.env.PATH, ...env } })
    let out = ''
    let err = ''
    child.stdout.on('data', (data) => {
      out += data
    })
    child.stderr.on('data', (data) => {
      err += data
    })
    child.on('error', fail)
    child.on('close', (code) => done({ code, out, err, ms: performance.now() - started }))
    child.stdin.on('error', (error) => {
      // Without the script nobody reads, and the shell may be gone before the event is written.
      if (hasScript) fail(new Error('the agent wrote into a closed pipe', { cause: error }))
    })
    child.stdin.end(stdin)
  })
}

test('an event becomes one private file that says where it came from', async () => {
  await using folder = await scratchFolder()
  const script = await install(join(folder.path, "it's a folder"))
  const payload = { session_id: 's1', prompt: 'line 1\nline 2 "quoted" ünïcode' }
  const before = Date.now()
  const ran = await runHook(hookCommand(script, 'claude', 'Stop', ''), JSON.stringify(payload), {
    TMUX_PANE: '%3',
    TMUX: '/tmp/tmux-0/default,42,0',
  })
  expect(ran).toMatchObject({ code: 0, out: '', err: '' })
  const spool = join(folder.path, "it's a folder", 'spool')
  const [name = ''] = await readdir(join(spool, 'new'))
  expect(await readdir(join(spool, 'tmp'))).toEqual([])
  const event = parseSpoolFile(name, await readFile(join(spool, 'new', name), 'utf8'), 0)
  expect(event).toMatchObject({
    id: name,
    kind: 'claude',
    event: 'Stop',
    pane: '%3',
    tmux: '/tmp/tmux-0/default,42,0',
    pid: process.pid,
    payload,
    cut: false,
  })
  expect(event?.at).toBeGreaterThanOrEqual(before)
  expect(event?.at).toBeLessThanOrEqual(Date.now())
})

test('it says only what Codex demands, and nothing about a permission', async () => {
  await using folder = await scratchFolder()
  const script = await install(folder.path)
  const said = async (kind: 'claude' | 'codex' | 'gemini' | 'copilot', event: string) =>
    (await runHook(hookCommand(script, kind, event, ''), '{}')).out
  expect(JSON.parse(await said('codex', 'Stop'))).toEqual({ continue: true })
  expect(await said('codex', 'PermissionRequest')).toBe('')
  expect(await said('claude', 'PermissionRequest')).toBe('')
  expect(await said('gemini', 'BeforeTool')).toBe('')
  expect(await said('copilot', 'permissionRequest')).toBe('')
})

test('it exits with 0 and in silence when anything of ours is gone', async () => {
  await using folder = await scratchFolder()
  const script = await install(folder.path)
  const command = hookCommand(script, 'gemini', 'BeforeTool', '')
  const quiet = { code: 0, out: '', err: '' }
  await rm(join(folder.path, 'spool', 'tmp'), { recursive: true })
  expect(await runHook(command, '{}')).toMatchObject(quiet)
  await rm(join(folder.path, 'spool'), { recursive: true })
  expect(await runHook(command, 'x'.repeat(1_000_000))).toMatchObject(quiet)
  await rm(script)
  expect(await runHook(command, '{}', {}, false)).toMatchObject(quiet)
})

test('an agent that passes nothing, or no pane, is heard as well', async () => {
  await using folder = await scratchFolder()
  const script = await install(folder.path)
  await runHook(hookCommand(script, 'claude', 'Stop', ''), '')
  const spool = join(folder.path, 'spool', 'new')
  const [name = ''] = await readdir(spool)
  const event = parseSpoolFile(name, await readFile(join(spool, name), 'utf8'), 0)
  expect(event).toMatchObject({ payload: {}, pane: '', tmux: '' })
})

test('a huge event is cut, told as cut, and read to its end', async () => {
  await using folder = await scratchFolder()
  const script = await install(folder.path)
  const huge = JSON.stringify({ tool_response: 'y'.repeat(4_000_000) })
  expect(await runHook(hookCommand(script, 'claude', 'PostToolUse', ''), huge)).toMatchObject({
    code: 0,
    err: '',
  })
  const spool = join(folder.path, 'spool', 'new')
  const [name = ''] = await readdir(spool)
  const text = await readFile(join(spool, name), 'utf8')
  expect(text.length).toBeLessThan(300_000)
  expect(parseSpoolFile(name, text, 0)).toMatchObject({
    event: 'PostToolUse',
    cut: true,
    payload: {},
  })
})

test('while nobody reads, the newest 2,000 events are kept', async () => {
  await using folder = await scratchFolder()
  const script = await install(folder.path)
  const spool = join(folder.path, 'spool')
  const name = (index: number) => `${1_700_000_000_000_000_000n + BigInt(index)}.7.7`
  for (let index = 0; index < 2_000; index += 1)
    await writeFile(join(spool, 'new', name(index)), '')
  const command = hookCommand(script, 'claude', 'Stop', '')
  await runHook(command, '{}')
  const waiting = (await readdir(join(spool, 'new'))).sort()
  expect(waiting).toHaveLength(2_000)
  expect(waiting).not.toContain(name(0))
  expect(waiting).toContain(name(1))
  await writeFile(join(spool, 'reader'), `${process.pid}\n`)
  await runHook(command, '{}')
  expect(await readdir(join(spool, 'new')), 'a reader is at work').toHaveLength(2_001)
})

test('the agent does not wait for anything that we leave running', async () => {
  await using folder = await scratchFolder()
  const script = await install(folder.path)
  await chmod(script, 0o600)
  const ran: number[] = []
  for (let index = 0; index < 20; index += 1) {
    const { ms, code } = await runHook(hookCommand(script, 'claude', 'Stop', ''), '{}')
    expect(code).toBe(0)
    ran.push(ms)
  }
  ran.sort((a, b) => a - b)
  test.info().annotations.push({ type: 'ms', description: `median ${ran[10]?.toFixed(1)}` })
  console.log(`hook: median ${ran[10]?.toFixed(1)} ms, max ${ran[19]?.toFixed(1)} ms`)
})
