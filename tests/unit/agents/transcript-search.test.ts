import { mkdir, symlink, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from 'playwright/test'
import type { ProcessFacts } from '../../../server/agents/adapter.ts'
import { adapterOf } from '../../../server/agents/index.ts'
import { BegunTranscript, findByConversation } from '../../../server/agents/transcript-search.ts'
import { scratchFolder } from '../../support/scratch.ts'

const IDS = [
  '01a1feae-f00b-7372-92c2-41a4452c32bf',
  '7421facb-73b8-465f-be2e-a99e7afb4f45',
] as const
const STARTED = Date.parse('2026-11-21T10:59:00Z')

function processOf(kind: string, home: string, cwd: string): ProcessFacts {
  return { pid: 1, start: '1', argv: [kind], command: kind, cwd, env: { HOME: home } }
}

/** A file that was last written to at `at`, in a folder that was changed then. */
async function put(path: string, text: string, at: number): Promise<string> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
  for (const one of [path, dirname(path)]) await utimes(one, at / 1_000, at / 1_000)
  return path
}

interface Head {
  cwd?: string
  at?: number
  subagent?: boolean
}

/** A rollout of Codex in `home`. */
function rollout(home: string, id: string, { cwd = '/src', at = STARTED, subagent }: Head = {}) {
  const timestamp = new Date(at).toISOString()
  const day = timestamp.slice(0, 10).replaceAll('-', '/')
  const name = `rollout-${timestamp.slice(0, 19).replaceAll(':', '-')}-${id}.jsonl`
  const more = subagent ? { parent_thread_id: 'x', source: { subagent: {} } } : { source: 'vscode' }
  const payload = { id, timestamp, cwd, base_instructions: { text: 'Be kind.'.repeat(4_000) } }
  const line = JSON.stringify({ type: 'session_meta', payload: { ...payload, ...more } })
  return put(join(home, '.codex', 'sessions', day, name), `${line}\n{"half`, at)
}

/** A chat of Gemini in `home`; the hash is that of `/src`. */
function chat(home: string, name: string, { kind = 'main', at = STARTED } = {}) {
  const projectHash = '56c9e1c4b5360a5b089004396ed37fe3a20f7c4f5954072098039789ba3ab68a'
  const head = { sessionId: IDS[1], projectHash, startTime: new Date(at).toISOString(), kind }
  return put(join(home, '.gemini', 'tmp', 'src', 'chats', name), `${JSON.stringify(head)}\n`, at)
}

function begun(kind: string, home: string, cwd = '/src') {
  const process = processOf(kind, home, cwd)
  const files = adapterOf(kind).files?.(process) ?? { live: [] }
  const search = new BegunTranscript(process, STARTED, files)
  return (isFree: (path: string) => boolean = () => true) => search.find(isFree)
}

test('the one conversation that began in the folder of a process since it runs is its own', async () => {
  await using home = await scratchFolder()
  const find = begun('codex', home.path)
  expect(await find()).toBeUndefined()
  // Another folder's, an older one, and a subagent's are not.
  await rollout(home.path, '1', { cwd: '/elsewhere' })
  await rollout(home.path, '2', { at: STARTED - 60_000 })
  await rollout(home.path, '3', { at: STARTED - 86_400_000 * 40 })
  await rollout(home.path, '4', { subagent: true })
  expect(await find()).toBeUndefined()
  const own = await rollout(home.path, IDS[0], { at: STARTED + 5_000 })
  expect(await find()).toBe(own)
  expect(await find((path) => path !== own)).toBeUndefined()
})

test('of two conversations that fit nobody guesses', async () => {
  await using home = await scratchFolder()
  const first = await rollout(home.path, '1', { at: STARTED + 1_000 })
  const find = begun('codex', home.path)
  expect(await find()).toBe(first)
  const second = await rollout(home.path, '2', { at: STARTED + 2_000 })
  expect(await find()).toBeUndefined()
  // Until one of them is known to be another agent's.
  expect(await find((path) => path === second)).toBe(second)
})

test('a first line that is not whole yet is read again; a link out of the folder is not', async () => {
  await using home = await scratchFolder()
  const find = begun('codex', home.path)
  const secret = await put(join(home.path, 'secret'), 'x\n', STARTED)
  const folder = join(home.path, '.codex', 'sessions', '2026', '11', '21')
  const path = await put(join(folder, 'rollout-1.jsonl'), '{"type":"session_m', STARTED)
  await symlink(secret, join(folder, 'rollout-2.jsonl'))
  expect(await find()).toBeUndefined()
  const payload = { cwd: '/src', timestamp: new Date(STARTED).toISOString(), source: 'cli' }
  await put(path, `${JSON.stringify({ type: 'session_meta', payload })}\n`, STARTED)
  expect(await find()).toBe(path)
})

test("a Gemini chat is found by its folder's hash, a subagent's is not one", async () => {
  await using home = await scratchFolder()
  await chat(home.path, 'session-2026-11-21T10-59-aaaaaaaa.jsonl', { kind: 'subagent' })
  expect(await begun('gemini', home.path)()).toBeUndefined()
  const path = await chat(home.path, 'session-2026-11-21T10-59-7421facb.jsonl')
  expect(await begun('gemini', home.path)()).toBe(path)
  expect(await begun('gemini', home.path, '/other')()).toBeUndefined()
})

test('a conversation whose id is known is found by the name of its file', async () => {
  await using home = await scratchFolder()
  const [codexId, geminiId] = IDS
  const old = STARTED - 86_400_000 * 40
  const own = await rollout(home.path, codexId, { at: old })
  // On each resume Gemini begins a file that it then leaves empty.
  const first = await chat(home.path, 'session-2026-11-20T10-59-7421facb.jsonl', { at: old })
  await chat(home.path, 'session-2026-11-21T10-59-7421facb.jsonl')
  const claude = await put(
    join(home.path, '.claude', 'projects', '-src', `${codexId}.jsonl`),
    '{}\n',
    STARTED,
  )
  const find = (kind: string, id: string) =>
    findByConversation(
      adapterOf(kind).files?.(processOf(kind, home.path, '/src')) ?? { live: [] },
      id,
    )
  expect(await find('codex', codexId)).toBe(own)
  expect(await find('gemini', geminiId)).toBe(first)
  expect(await find('claude', codexId)).toBe(claude)
  expect(await find('claude', geminiId)).toBeUndefined()
})

test('a resumed agent names its conversation in its arguments', () => {
  const cases: readonly [string, string, string | undefined][] = [
    ['codex', `node /x/codex resume ${IDS[0]} -m gpt-5`, IDS[0]],
    ['codex', 'codex resume --last', undefined],
    ['codex', `codex fix ${IDS[0]}`, undefined],
    ['gemini', `gemini -m some --resume ${IDS[1]}`, IDS[1]],
    ['gemini', 'gemini --resume latest', undefined],
    ['gemini', 'gemini -r 5', undefined],
    ['copilot', `copilot --allow-all-tools --resume=${IDS[1]}`, IDS[1]],
    ['copilot', `node /x/copilot --resume ${IDS[0]}`, IDS[0]],
    ['copilot', 'copilot --resume', undefined],
    ['copilot', 'copilot --resume=latest', undefined],
    ['copilot', `copilot -p ${IDS[0]}`, undefined],
  ]
  for (const [kind, line, id] of cases)
    expect(adapterOf(kind).resumes?.({ argv: line.split(' '), command: kind }), line).toBe(id)
})
