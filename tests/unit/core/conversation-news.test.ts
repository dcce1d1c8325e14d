import { appendFile, rename, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'playwright/test'
import { adapterOf } from '../../../server/agents/index.ts'
import { readConversation } from '../../../server/core/conversation.ts'
import { toldOf } from '../../../server/core/conversation-news.ts'
import type { TranscriptEntry, TranscriptResponse } from '../../../server/protocol.ts'
import { withNews, withPage } from '../../../web/views/conversation/parts.ts'
import { scratchFolder } from '../../support/scratch.ts'

const AT = '2026-11-21T10:00:00.000Z'
const line = (record: object) => `${JSON.stringify({ timestamp: AT, ...record })}\n`
const user = (text: string) => line({ type: 'user', message: { content: text } })
const agent = (...content: object[]) => line({ type: 'assistant', message: { content } })
const words = (text: string) => agent({ type: 'text', text })
const call = (id: string) => agent({ type: 'tool_use', id, name: 'Bash', input: { command: 'ls' } })
const result = (id: string, content: string) =>
  line({ type: 'user', message: { content: [{ type: 'tool_result', tool_use_id: id, content }] } })
const noise = (bytes: number) => line({ type: 'api-request-shape', shape: 'x'.repeat(bytes) })

const inWords = ({ type, text, tool }: TranscriptEntry) =>
  tool ? `${tool.status} ${tool.output}`.trim() : `${type} ${text}`

/** A transcript, and somebody who asks for its news again and again. */
async function stage(text: string, { limit = 200, kind = 'claude' } = {}) {
  const scratch = await scratchFolder()
  const path = join(scratch.path, 'transcript.jsonl')
  await writeFile(path, text)
  const place = { adapter: adapterOf(kind), path, root: scratch.path }
  let after: string | undefined
  let held: TranscriptEntry[] = []
  const read = (isRunning: boolean, more: { after?: ReturnType<typeof toldOf> } = {}) =>
    readConversation({ ...place, isRunning }, { before: undefined, limit, ...more })
  const ask = async (isRunning = true): Promise<TranscriptResponse> => {
    const answer = await read(isRunning, after === undefined ? {} : { after: toldOf(after) })
    after = answer.after
    held = answer.changed
      ? withNews(held, answer.changed, answer.entries)
      : withPage(held, answer.entries)
    return answer
  }
  await ask()
  return {
    path,
    ask,
    held: () => held,
    /** All of it, as somebody reads it who was told of nothing before. */
    whole: async (isRunning = true) => (await read(isRunning)).entries,
    [Symbol.asyncDispose]: () => scratch[Symbol.asyncDispose](),
  }
}

test('nothing new is an empty answer, and half a record is nothing yet', async () => {
  await using one = await stage(user('One') + words('Two'))
  const quiet = await one.ask()
  expect(quiet).toEqual({
    entries: [],
    changed: [],
    after: expect.any(String),
    source: 'transcript',
  })
  const half = words('Three 日本')
  await appendFile(one.path, half.slice(0, -9))
  expect(await one.ask()).toEqual(quiet)
  await appendFile(one.path, half.slice(-9))
  expect((await one.ask()).entries.map(inWords)).toEqual(['agent Three 日本'])
  expect(one.held()).toEqual(await one.whole())
})

test('only what is new is told, and the call whose output has come', async () => {
  await using one = await stage(user('One') + call('t1') + call('t2'))
  expect(one.held().map(inWords)).toEqual(['user One', 'running', 'running'])
  await appendFile(one.path, noise(700_000) + words('Meanwhile'))
  await one.ask()
  await appendFile(one.path, result('t1', 'a b') + words('Done'))
  const news = await one.ask()
  expect(news.entries.map(inWords)).toEqual(['agent Done'])
  expect(news.changed?.map(inWords)).toEqual(['done a b'])
  expect(one.held().map(inWords)).toEqual([
    'user One',
    'done a b',
    'running',
    'agent Meanwhile',
    'agent Done',
  ])
  expect(one.held()).toEqual(await one.whole())
})

test('a call that was left open stops with the turn, or with the next prompt', async () => {
  await using one = await stage(user('One') + call('t1') + result('t1', 'x') + call('t2'))
  const stopped = await one.ask(false)
  expect(stopped.entries).toEqual([])
  expect(stopped.changed?.map(inWords)).toEqual(['unknown'])
  expect((await one.ask(true)).changed?.map(inWords)).toEqual(['running'])
  await appendFile(one.path, user('Two') + call('t3'))
  const next = await one.ask(true)
  expect(next.changed?.map(inWords)).toEqual(['unknown'])
  expect(next.entries.map(inWords)).toEqual(['user Two', 'running'])
  expect(one.held()).toEqual(await one.whole())
  // What ends after all is told, however many prompts came since.
  await appendFile(one.path, result('t2', 'late'))
  expect((await one.ask(true)).changed?.map(inWords)).toEqual(['done late'])
  expect(one.held()).toEqual(await one.whole())
})

test('a second word about how a call ended joins the first', async () => {
  const item = (payload: object) => line({ type: 'response_item', payload })
  const patch = { type: 'custom_tool_call', call_id: 'c', name: 'apply_patch', input: 'patch' }
  await using one = await stage(item(patch), { kind: 'codex' })
  await appendFile(one.path, item({ type: 'custom_tool_call_output', call_id: 'c', output: 'ok' }))
  await one.ask()
  const changes = { '/w/x': { unified_diff: '@@ -1 +1 @@\n-a\n+b\n' } }
  const changed = { type: 'item_completed', item: { type: 'FileChange', id: 'c', changes } }
  await appendFile(one.path, line({ type: 'event_msg', payload: changed }))
  const [entry] = (await one.ask()).changed ?? []
  expect(entry?.tool).toMatchObject({ output: 'ok', diff: expect.stringContaining('+b') })
  expect(one.held()).toEqual(await one.whole())
})

test('a record that is written again is told again under its id', async () => {
  const record = { id: 'm', type: 'gemini', content: 'I look.' }
  const run = { id: 'c', name: 'run_shell_command', args: { command: 'ls' } }
  await using one = await stage(line({ ...record, toolCalls: [run] }), { kind: 'gemini' })
  await appendFile(one.path, line({ ...record, toolCalls: [{ ...run, status: 'success' }] }))
  await one.ask()
  expect(one.held().map(inWords)).toEqual(['agent I look.', 'done'])
  expect(one.held()).toEqual(await one.whole())
})

test('of a transcript that is another one, shorter or written anew, the newest page is told', async () => {
  const text = user('One') + words('Two')
  const anew = user('Uno') + words('Dos') + words('Tres')
  const changes: Record<string, (path: string) => Promise<void>> = {
    'another file': async (path) => {
      await writeFile(`${path}.new`, text + words('Of another'))
      await rename(`${path}.new`, path)
    },
    shorter: (path) => truncate(path, user('One').length),
    'written anew in place': (path) => writeFile(path, anew),
    'emptied and begun again': async (path) => {
      await truncate(path, 0)
      await appendFile(path, anew)
    },
  }
  for (const [what, change] of Object.entries(changes)) {
    await using one = await stage(text)
    await change(one.path)
    const answer = await one.ask()
    expect(answer.changed, what).toBeUndefined()
    expect(one.held(), what).toEqual(await one.whole())
    await appendFile(one.path, words('And more'))
    expect((await one.ask()).changed, what).toBeDefined()
    expect(one.held(), what).toEqual(await one.whole())
  }
})

test('more than a page, or more than is news, is a page', async () => {
  await using one = await stage(user('One'), { limit: 3 })
  await appendFile(one.path, words('a') + words('b') + words('c') + words('d'))
  const page = await one.ask()
  expect(page.changed).toBeUndefined()
  expect(page.before).toBeDefined()
  expect(one.held().map(inWords)).toEqual(['agent b', 'agent c', 'agent d'])
  await appendFile(one.path, noise(1_100_000) + words('e'))
  expect((await one.ask()).changed).toBeUndefined()
  expect(one.held().map(inWords)).toEqual(['agent b', 'agent c', 'agent d', 'agent e'])
})

test('however a transcript is cut into answers, they add up to it', async () => {
  const lines: string[] = []
  for (let n = 0; n < 30; n += 1) {
    lines.push(user(`Question ${n}`), call(`a${n}`), call(`b${n}`), words(`Word ${n}`))
    lines.push(result(`b${n}`, `b ${n}`), ...(n % 3 === 0 ? [] : [result(`a${n}`, `a ${n}`)]))
  }
  const data = Buffer.from(lines.join(''))
  for (const step of [97, 311, 1_009]) {
    await using one = await stage('')
    for (let at = 0; at < data.length; at += step) {
      await appendFile(one.path, data.subarray(at, at + step))
      await one.ask(at % 2 === 0)
    }
    await one.ask()
    expect(one.held()).toEqual(await one.whole())
  }
})
