import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { expect, test } from 'playwright/test'
import { OpencodeStore, type StoreReader } from '../../../server/agents/opencode-store.ts'
import { scratchFolder } from '../../support/scratch.ts'

const T0 = 1_700_000_000_000

/** Tables as opencode 1.18 makes them, as far as they are read. */
const SCHEMA = `
CREATE TABLE session (id text PRIMARY KEY, parent_id text, directory text NOT NULL, title text NOT NULL,
  model text, cost real DEFAULT 0 NOT NULL, tokens_input integer DEFAULT 0 NOT NULL,
  tokens_output integer DEFAULT 0 NOT NULL, tokens_reasoning integer DEFAULT 0 NOT NULL,
  tokens_cache_read integer DEFAULT 0 NOT NULL, tokens_cache_write integer DEFAULT 0 NOT NULL,
  time_created integer NOT NULL, time_updated integer NOT NULL);
CREATE TABLE message (id text PRIMARY KEY, session_id text NOT NULL, time_created integer NOT NULL,
  time_updated integer NOT NULL, data text NOT NULL);
CREATE TABLE part (id text PRIMARY KEY, message_id text NOT NULL, session_id text NOT NULL,
  time_created integer NOT NULL, time_updated integer NOT NULL, data text NOT NULL);`

/** A database that its owner has open, as opencode has while it runs. */
async function openOwner() {
  const folder = await scratchFolder()
  const path = join(folder.path, 'opencode.db')
  const db = new Sqlite(path)
  db.pragma('journal_mode = WAL')
  db.exec(SCHEMA)
  const insert = (table: string, row: Record<string, unknown>) => {
    const names = Object.keys(row)
    const marks = names.map(() => '?').join()
    db.prepare(`INSERT OR REPLACE INTO ${table} (${names.join()}) VALUES (${marks})`).run(
      Object.values(row),
    )
  }
  return {
    path,
    db,
    folder: folder.path,
    session: (id: string, more: object = {}) =>
      insert('session', {
        ...{ id, directory: '/work', title: 'New session - 2026', time_created: T0 },
        ...{ time_updated: T0 + 1_000, ...more },
      }),
    message: (session: string, second: number, data: object, ...parts: object[]) => {
      const at = T0 + second * 1_000
      const id = `msg_${second}`
      const times = { time_created: at, time_updated: at }
      insert('message', { id, session_id: session, ...times, data: JSON.stringify(data) })
      for (const [index, part] of parts.entries()) {
        const own = { id: `prt_${second}_${index}`, message_id: id, session_id: session }
        insert('part', { ...own, ...times, data: JSON.stringify(part) })
      }
    },
    async [Symbol.asyncDispose]() {
      if (db.open) db.close()
      await folder[Symbol.asyncDispose]()
    },
  }
}

function reader(changes: Partial<StoreReader> = {}): StoreReader {
  return {
    process: { pid: 1, start: '1', argv: ['opencode'], command: 'opencode', cwd: '/work', env: {} },
    startedAt: T0,
    seenAt: T0,
    conversation: undefined,
    title: '',
    claim: () => true,
    ...changes,
  }
}

const text = (words: string) => ({ type: 'text', text: words })

test('the database tells prompt, state, tool, words and totals without any plugin', async () => {
  await using owner = await openOwner()
  const store = new OpencodeStore(owner.path)
  const read = () => store.read(reader(), T0 + 60_000)
  owner.session('ses_main01', { title: 'Tidy up', model: '{"id":"m","modelID":"gpt-x"}' })
  owner.message('ses_main01', 1, { role: 'user' }, text('Please tidy up'))
  expect(read()).toMatchObject([
    { facts: { conversation: 'ses_main01', title: 'Tidy up', model: 'gpt-x' } },
    { at: T0 + 1_000, says: { type: 'prompted' }, facts: { prompt: 'Please tidy up' } },
  ])
  expect(read()).toEqual([])
  const tool = {
    type: 'tool',
    tool: 'bash',
    state: { status: 'running', input: { command: 'ls' } },
  }
  owner.message('ses_main01', 2, { role: 'assistant', time: { created: 1 } }, text('So.'), tool)
  expect(read().at(-1)).toMatchObject({
    source: 'transcript',
    says: { type: 'working' },
    facts: { tool: 'bash: ls', lastWords: 'So.' },
  })
  const done = { role: 'assistant', time: { created: 1, completed: 2 }, finish: 'stop' }
  owner.message('ses_main01', 3, done, text('All tidy.'))
  owner.session('ses_main01', {
    ...{ tokens_input: 1_200, tokens_output: 300, tokens_reasoning: 21, tokens_cache_read: 23_000 },
    cost: 0.5,
  })
  const told = read()
  expect(told.at(-1)).toMatchObject({
    says: { type: 'idle', end: 'done' },
    facts: { tool: '', lastWords: 'All tidy.' },
  })
  expect(told[0]?.facts).toMatchObject({
    usageKind: 'total',
    usage: { input: 1_200, output: 321, cacheRead: 23_000, cacheWrite: 0, costUsd: 0.5 },
  })
})

test('an answer that failed or was interrupted says so; one between two tools goes on', async () => {
  await using owner = await openOwner()
  owner.session('ses_main01')
  const store = new OpencodeStore(owner.path)
  const says = (second: number, data: object) => {
    owner.message('ses_main01', second, { role: 'assistant', ...data })
    return store.read(reader(), T0 + 60_000).at(-1)?.says
  }
  const time = { completed: 2 }
  expect(says(1, { time, finish: 'tool-calls' })).toEqual({ type: 'working' })
  expect(says(2, { time, error: { name: 'APIError' } })).toEqual({ type: 'failed' })
  const aborted = { time, error: { name: 'MessageAbortedError' } }
  expect(says(3, aborted)).toEqual({ type: 'idle', end: 'interrupted' })
})

test('children, other folders, older and ambiguous conversations are not taken for its own', async () => {
  await using owner = await openOwner()
  const found = (changes: Partial<StoreReader> = {}) =>
    new OpencodeStore(owner.path).read(reader(changes), T0 + 60_000)[0]?.facts?.conversation
  owner.session('ses_child1', { parent_id: 'ses_main01' })
  owner.session('ses_other1', { directory: '/elsewhere' })
  owner.session('ses_older1', { time_updated: T0 - 1 })
  expect(found()).toBeUndefined()
  owner.session('ses_main01', { title: 'One' })
  expect(found()).toBe('ses_main01')
  owner.session('ses_main02', { title: 'Two' })
  expect(found()).toBeUndefined()
  expect(found({ title: 'Two' })).toBe('ses_main02')
  expect(found({ conversation: 'ses_main01' })).toBe('ses_main01')
  const { process } = reader()
  const argv = ['opencode', '--session', 'ses_older1']
  expect(found({ process: { ...process, argv } })).toBe('ses_older1')
  expect(found({ title: 'Two', claim: () => false })).toBeUndefined()
})

test('sessions of subagents are told as such, each until it is over', async () => {
  await using owner = await openOwner()
  owner.session('ses_main01')
  owner.message('ses_main01', 1, { role: 'user' }, text('Delegate'))
  const store = new OpencodeStore(owner.path)
  const children = () =>
    store
      .read(reader({ seenAt: T0 + 100_000 }), T0 + 300_000)
      .flatMap(({ at, facts }) => (facts?.subagent ? [{ ...facts.subagent, at: at - T0 }] : []))
  const child = { parent_id: 'ses_main01', title: 'Say hello (@general subagent)' }
  owner.session('ses_past01', { ...child, time_created: T0 + 1 })
  owner.message('ses_past01', 2, { role: 'assistant', time: {} }, text('Left.'))
  owner.session('ses_child1', { ...child, time_created: T0 + 2 })
  const named = { id: 'ses_child1', title: child.title, titleIsChosen: true }
  owner.message('ses_child1', 101, { role: 'user' }, text('Say hello'))
  expect(children()).toEqual([{ ...named, running: true, at: 101_000 }])
  const state = { status: 'running', input: { command: 'ls' } }
  const call = { type: 'tool', tool: 'bash', state }
  owner.message('ses_child1', 102, { role: 'assistant', time: {} }, text('So.'), call)
  const works = { ...named, running: true, tool: 'bash: ls', lastWords: 'So.', at: 102_000 }
  expect(children()).toEqual([works])
  const done = { role: 'assistant', time: { completed: 2 }, finish: 'stop' }
  owner.message('ses_child1', 103, done, text('Done.'))
  owner.message('ses_main01', 104, { role: 'assistant', time: {} }, text('Well.'))
  expect(children()).toEqual([
    { ...named, running: false, tool: '', lastWords: 'Done.', at: 103_000 },
  ])
  owner.message('ses_main01', 105, { role: 'assistant', time: {} }, text('More.'))
  expect(children()).toEqual([])
})

test('of 200 subagents the newest 50 are told', async () => {
  await using owner = await openOwner()
  owner.session('ses_main01')
  for (let at = 1; at <= 200; at += 1) {
    owner.session(`ses_child${at}`, { parent_id: 'ses_main01', time_created: T0 + at })
    owner.message(`ses_child${at}`, at, { role: 'user' }, text('Go'))
  }
  const told = new OpencodeStore(owner.path).read(reader(), T0 + 300_000)
  const ids = told.flatMap(({ facts }) => facts?.subagent?.id ?? [])
  expect([ids.length, ids[0], ids.at(-1)]).toEqual([50, 'ses_child151', 'ses_child200'])
})

test('a turn of a time that nobody saw is not lived through again', async () => {
  await using owner = await openOwner()
  owner.session('ses_main01')
  owner.message('ses_main01', 1, { role: 'user' }, text('Old'))
  const told = new OpencodeStore(owner.path).read(reader({ seenAt: T0 + 50_000 }), T0 + 60_000)
  expect(told.map(({ says }) => says?.type)).toEqual([undefined, undefined])
  expect(told[1]?.facts?.prompt).toBe('Old')
})

test('a reader hinders no writer and leaves nothing; a closed database is left alone', async () => {
  await using owner = await openOwner()
  owner.session('ses_main01')
  const store = new OpencodeStore(owner.path)
  owner.db.exec('BEGIN IMMEDIATE')
  expect(store.read(reader(), T0 + 60_000)).toHaveLength(1)
  owner.session('ses_main01', { title: 'Written meanwhile' })
  owner.db.exec('COMMIT')
  expect(store.read(reader(), T0 + 60_000)[0]?.facts?.title).toBe('Written meanwhile')
  expect((await readdir(owner.folder)).sort()).toEqual([
    'opencode.db',
    'opencode.db-shm',
    'opencode.db-wal',
  ])
  owner.db.exec('DROP TABLE part')
  owner.db
    .prepare("INSERT INTO message VALUES ('m', 'ses_main01', 1, 1, '{\"role\":\"user\"}')")
    .run()
  expect(store.read(reader(), T0 + 60_000)).toEqual([])
  owner.db.close()
  expect(await readdir(owner.folder)).toEqual(['opencode.db'])
  expect(store.read(reader(), T0 + 60_000)).toEqual([])
  expect(await readdir(owner.folder)).toEqual(['opencode.db'])
  expect(new OpencodeStore(join(owner.folder, 'none')).read(reader(), T0)).toEqual([])
})
