import { execFileSync } from 'node:child_process'
import { appendFile, mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'playwright/test'
import { adapterOf } from '../../../server/agents/index.ts'
import { type Page, readConversation } from '../../../server/core/conversation.ts'
import { ENTRY_CHARS, textOfEntry } from '../../../server/core/entries.ts'
import type { TranscriptEntry, TranscriptResponse } from '../../../server/protocol.ts'
import { scratchFolder } from '../../support/scratch.ts'

const AT = '2026-11-21T10:00:00.000Z'
const line = (record: object) => `${JSON.stringify({ timestamp: AT, ...record })}\n`
const user = (text: string) => line({ type: 'user', message: { content: text } })
const agent = (...content: object[]) => line({ type: 'assistant', message: { content } })
const words = (text: string) => agent({ type: 'text', text })
const call = (id: string, command: string) =>
  agent({ type: 'tool_use', id, name: 'Bash', input: { command } })
const result = (id: string, content: string) =>
  line({ type: 'user', message: { content: [{ type: 'tool_result', tool_use_id: id, content }] } })
/** What agents write between the words of people. */
const noise = (bytes: number) => line({ type: 'api-request-shape', shape: 'x'.repeat(bytes) })

async function stage(text: string | Buffer) {
  const scratch = await scratchFolder()
  const path = join(scratch.path, 'transcript.jsonl')
  await writeFile(path, text)
  const place = {
    ...{ adapter: adapterOf('claude'), path, root: scratch.path, isRunning: false },
  }
  return {
    path,
    root: scratch.path,
    read: (page: Partial<Page> = {}, more: object = {}) =>
      readConversation({ ...place, ...more }, { before: undefined, limit: 100, ...page }),
    /** All pages, from the newest to the oldest. */
    async pages(limit: number): Promise<TranscriptResponse[]> {
      const pages: TranscriptResponse[] = []
      let before: number | undefined
      do {
        const page: TranscriptResponse = await this.read({ before, limit })
        pages.push(page)
        before = page.before === undefined ? undefined : Number(page.before)
      } while (before !== undefined)
      return pages
    },
    [Symbol.asyncDispose]: () => scratch[Symbol.asyncDispose](),
  }
}

const inWords = ({ type, text, tool }: TranscriptEntry) =>
  tool ? `${tool.name} ${tool.summary}: ${tool.status} ${tool.output}`.trim() : `${type} ${text}`

test('a conversation comes in order, with results at their calls', async () => {
  const text =
    user('Do it.') + words('I look.') + call('t1', 'ls') + noise(10) + result('t1', 'a b')
  await using one = await stage(text + words('Done.'))
  const { entries, before, source } = await one.read()
  expect(entries.map(inWords)).toEqual([
    'user Do it.',
    'agent I look.',
    'Bash ls: done a b',
    'agent Done.',
  ])
  expect({ before, source }).toEqual({ before: undefined, source: 'transcript' })
  expect(entries[2]?.tool?.input).toContain('"command": "ls"')
})

test('pages meet without a gap, each entry once and under the same id', async () => {
  let text = ''
  for (let n = 0; n < 40; n++) {
    text += user(`Question ${n}`) + call(`t${n}`, `run ${n}`) + noise(n * 3_000)
    text += result(`t${n}`, `out ${n}`) + words(`Answer ${n} ${'日'.repeat(n)}`)
  }
  await using one = await stage(text)
  const whole = await one.read({ limit: 1_000 })
  expect(whole.entries).toHaveLength(120)
  for (const limit of [1, 2, 3, 7, 50]) {
    const pages = await one.pages(limit)
    const joined = pages.reverse().flatMap(({ entries }) => entries)
    // A result may stand on the page after its call, and is found there.
    expect(joined).toEqual(whole.entries)
  }
  expect(new Set(whole.entries.map(({ id }) => id)).size).toBe(120)
})

test('what is written meanwhile changes nothing about what was read', async () => {
  await using one = await stage(user('One') + words('Two'))
  const before = await one.read()
  await appendFile(one.path, words('Three'))
  const after = await one.read()
  expect(after.entries.slice(0, 2)).toEqual(before.entries)
  expect(after.entries).toHaveLength(3)
})

test('a record that is being written is left out until it is whole', async () => {
  const half = words('Half')
  await using one = await stage(user('One') + half.slice(0, -10))
  expect((await one.read()).entries.map(inWords)).toEqual(['user One'])
  await appendFile(one.path, half.slice(-10))
  expect((await one.read()).entries.map(inWords)).toEqual(['user One', 'agent Half'])
})

test('a call without a result runs only while a turn does, and only after the last prompt', async () => {
  await using one = await stage(
    user('One') + call('lost', 'ls') + user('Two') + call('now', 'npm test'),
  )
  const statuses = async (isRunning: boolean) =>
    (await one.read({}, { isRunning })).entries.flatMap(({ tool }) => tool?.status ?? [])
  expect(await statuses(true)).toEqual(['unknown', 'running'])
  expect(await statuses(false)).toEqual(['unknown', 'unknown'])
})

test('long output is cut and says by how much', async () => {
  const long = 'y'.repeat(ENTRY_CHARS + 1_000)
  await using one = await stage(call('t', 'cat') + result('t', long) + words(`${long}!`))
  const [tool, text] = (await one.read()).entries
  expect(tool?.tool?.output).toHaveLength(ENTRY_CHARS)
  expect(tool?.cut).toBe(1_000)
  expect(text?.cut).toBe(1_001)
})

test('secrets are in no part of an entry, not even across the cut', async () => {
  const token = `ghp_${'a1B2c3D4'.repeat(5)}`
  const across = `${'z '.repeat(ENTRY_CHARS / 2 - 10)}${token} more`
  await using one = await stage(
    user(`Use ${token}`) +
      call('t', `curl -H "Authorization: Bearer ${token}" https://example.com`) +
      result('t', `token=${token}`) +
      words(across),
  )
  const answer = JSON.stringify(await one.read())
  expect(answer).not.toContain(token.slice(0, 16))
  expect(answer).toContain('Use ')
})

test('megabytes between two words are read over, a line beyond all bounds is passed by', async () => {
  const text = user('One') + noise(9_000_000) + words('Two') + noise(700_000) + words('Three')
  await using one = await stage(text)
  const said = ['user One', 'agent Two', 'agent Three']
  expect((await one.read()).entries.map(inWords)).toEqual(said)
})

test('a page that finds too little says where to go on', async () => {
  let text = user('One')
  for (let n = 0; n < 40; n++) text += noise(500_000)
  await using one = await stage(text)
  const first = await one.read()
  expect(first.entries).toEqual([])
  const second = await one.read({ before: Number(first.before) })
  expect(second.entries.map(inWords)).toEqual(['user One'])
  expect(second.before).toBeUndefined()
})

test('there is no conversation where there is no file, or none that may be read', async () => {
  await using one = await stage(user('One'))
  const none = { entries: [], source: 'none' }
  expect(await readConversation(undefined, { before: undefined, limit: 1 })).toEqual(none)
  expect(await one.read({}, { adapter: adapterOf('shell') })).toEqual(none)
  expect(await one.read({}, { path: join(one.root, 'gone') })).toEqual(none)
  expect(await one.read({}, { path: '/etc/passwd' })).toEqual(none)
  await symlink(one.path, join(one.root, 'link'))
  expect(await one.read({}, { path: join(one.root, 'link') })).toEqual(none)
  execFileSync('mkfifo', [join(one.root, 'pipe')])
  expect(await one.read({}, { path: join(one.root, 'pipe') })).toEqual(none)
  await mkdir(join(one.root, 'folder'))
  expect(await one.read({}, { path: join(one.root, 'folder') })).toEqual(none)
  await using empty = await stage('')
  expect(await empty.read()).toMatchObject({ entries: [], source: 'transcript' })
  expect((await one.read({ before: 1e12 })).entries).toHaveLength(1)
})

test('Gemini: a record that is written again replaces the first, and stays in its place', async () => {
  const record = { id: 'm', type: 'gemini', content: 'I look.' }
  const run = { id: 'c', name: 'run_shell_command', args: { command: 'ls' }, status: 'success' }
  await using one = await stage(
    line(record) + line({ ...record, toolCalls: [run] }) + line({ ...record, id: 'n' }),
  )
  const { entries } = await one.read({}, { adapter: adapterOf('gemini') })
  expect(entries.map(({ id }) => id)).toEqual(['m', 'c', 'n'])
})

test('the text of an entry holds all that can be searched for', async () => {
  await using one = await stage(call('t', 'npm test') + result('t', '3 failed') + words('Hm.'))
  const texts = (await one.read()).entries.map(textOfEntry)
  expect(texts[0]).toContain('npm test')
  expect(texts[0]).toContain('3 failed')
  expect(texts[1]).toBe('Hm.')
})
