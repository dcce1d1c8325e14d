import { appendFile, mkdir, open, rename, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'playwright/test'
import type { Agent } from '../../../server/core/agent.ts'
import { AgentTranscript } from '../../../server/core/agent-transcript.ts'
import { linesOf, recordings } from '../../support/fixtures.ts'
import { keptAgent } from '../../support/kept-agent.ts'
import { listeningLog, scratchFolder } from '../../support/scratch.ts'

const CONVERSATION = '686dfa20-0c8e-4121-9720-db46dcc809b9'

function record(index: number, at: number, more: object = {}): string {
  return `${JSON.stringify({
    type: 'assistant',
    uuid: `u${index}`,
    sessionId: CONVERSATION,
    timestamp: new Date(at).toISOString(),
    message: {
      id: `m${index}`,
      role: 'assistant',
      model: 'claude-opus-5-5',
      content: [{ type: 'text', text: `Words ${index}.` }],
      usage: { input_tokens: 10, output_tokens: 5 },
      ...more,
    },
  })}\n`
}

/** Reads a transcript as one run of the program does, until its end. */
async function follow(root: string, path: string, agent: Agent, until: () => boolean) {
  await using _ = await following(root, path, agent)
  // Some of these are large.
  await expect.poll(until, { timeout: 60_000 }).toBe(true)
}

/** The same until it is disposed of. */
async function following(root: string, path: string, agent: Agent): Promise<AsyncDisposable> {
  const end = new AbortController()
  const { log } = listeningLog()
  const transcript = new AgentTranscript({
    agent,
    files: { live: [], transcripts: root, transcript: path },
    hear: (observations) => {
      for (const one of observations) agent.hear(one, Date.now())
    },
    owner: { claim: () => true, isFree: () => true, isAlone: () => true },
    log,
    signal: end.signal,
  })
  await transcript.look()
  return { [Symbol.asyncDispose]: async () => end.abort() }
}

test('after a restart of ours the totals of a large transcript are the same, and grow on', async () => {
  await using folder = await scratchFolder()
  const root = join(folder.path, 'projects')
  const path = join(root, '-work', `${CONVERSATION}.jsonl`)
  await mkdir(join(root, '-work'), { recursive: true })
  const began = Date.now() - 60_000
  {
    await using file = await open(path, 'w')
    const picture = { type: 'image', source: { data: 'A'.repeat(10_000) } }
    for (let index = 0; index < 2_500; index += 1) {
      const content = [{ type: 'text', text: `Words ${index}.` }, picture]
      await file.write(record(index, began + index, { content }))
    }
    expect((await file.stat()).size).toBeGreaterThan(20_000_000)
  }
  const first = keptAgent('claude', { now: began })
  await follow(root, path, first, () => first.view().usage.input === 25_000)
  await appendFile(path, record(2_500, Date.now()))
  const second = keptAgent('claude', { now: Date.now() })
  await follow(root, path, second, () => second.view().usage.input === 25_010)
  expect(second.view()).toMatchObject({
    usage: { input: 25_010, output: 12_505 },
    lastWords: 'Words 2500.',
  })
})

test('of what was written before we came only the last statement counts, with its words', async () => {
  await using folder = await scratchFolder()
  const path = join(folder.path, `${CONVERSATION}.jsonl`)
  const now = Date.now()
  const prompt = (text: string, at: number) =>
    `${JSON.stringify({
      type: 'user',
      uuid: `p${at}`,
      sessionId: CONVERSATION,
      timestamp: new Date(at).toISOString(),
      message: { role: 'user', content: text },
    })}\n`
  const old = [
    prompt('First', now - 50_000),
    record(1, now - 40_000),
    prompt('Second', now - 30_000),
  ]
  await writeFile(path, old.join(''))
  const agent = keptAgent('claude', { now: now - 60_000, seenAt: now })
  await follow(folder.path, path, agent, () => agent.view().prompt === 'Second')
  expect(agent.view()).toMatchObject({ activity: 'working', turn: { startedAt: now - 30_000 } })
  expect(agent.state.generation).toBe(1)
})

/** How a log may lose its last records: cut where it lies, or by a shorter one in its place. */
const CUTS: Record<string, (path: string, kept: string) => Promise<void>> = {
  'cut off': (path, kept) => truncate(path, kept.length),
  replaced: async (path, kept) => {
    await writeFile(`${path}.new`, kept)
    await rename(`${path}.new`, path)
  },
}

for (const [how, cut] of Object.entries(CUTS))
  test(`a prompt that Copilot took back is no turn that runs: its log is ${how}`, async () => {
    await using folder = await scratchFolder()
    const root = join(folder.path, 'session-state')
    const path = join(root, CONVERSATION, 'events.jsonl')
    await mkdir(join(root, CONVERSATION), { recursive: true })
    const [recording] = recordings().filter(({ kind }) => kind === 'copilot')
    if (!recording) throw new Error('no recording of Copilot')
    const now = new Date().toISOString()
    const records = linesOf(recording, 'transcript.jsonl')
      .slice(0, 7)
      .map((line) => `${JSON.stringify({ ...JSON.parse(line), timestamp: now })}\n`)
    // As Esc Esc leaves it while the service answers with failures: start and model alone.
    const [kept, taken] = [records.slice(0, 2).join(''), records.slice(2).join('')]
    await writeFile(path, kept + taken)
    const agent = keptAgent('copilot', { now: Date.now() - 1_000 })
    await using _ = await following(root, path, agent)
    await expect.poll(() => agent.state.activity).toBe('working')
    await cut(path, kept)
    await expect.poll(() => agent.state.activity).toBe('idle')
    expect(agent.state.lastTurn).toMatchObject({ end: 'interrupted' })
    expect(agent.state.claims.live?.says.type).toBe('idle')
  })
