import { appendFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'playwright/test'
import { AgentTranscript } from '../../../server/core/agent-transcript.ts'
import { keptAgent, seen } from '../../support/kept-agent.ts'
import { listeningLog, scratchFolder } from '../../support/scratch.ts'

const BEGAN = Date.parse('2026-11-21T18:40:00Z')
const ENDED = BEGAN + 30_000

/** One record of Copilot's log, so many seconds after the session began. */
function record(second: number, type: string, data: object): string {
  const timestamp = new Date(BEGAN + second * 1_000).toISOString()
  return `${JSON.stringify({ id: `e${second}`, type, timestamp, data })}\n`
}

const usage = (second: number) =>
  record(second, 'session.usage_record', {
    usage: { apiCallId: `call-${second}`, inputTokens: 1_000, outputTokens: 100 },
  })

const TALK = [
  record(1, 'user.message', { content: 'Tidy up' }),
  usage(2),
  usage(3),
  record(4, 'assistant.message', { content: 'All tidy.', toolRequests: [] }),
].join('')

/** What it took in all, more than its calls that were told of. */
const SHUTDOWN = record(50, 'session.shutdown', {
  modelMetrics: { 'gpt-4.1': { usage: { inputTokens: 5_000, outputTokens: 700 } } },
})

/** A Copilot whose log is there. */
async function openTalk() {
  const folder = await scratchFolder()
  const path = join(folder.path, 'session', 'events.jsonl')
  await mkdir(join(folder.path, 'session'))
  await writeFile(path, TALK)
  const agent = keptAgent('copilot', { now: BEGAN })
  const stop = new AbortController()
  const transcript = new AgentTranscript({
    agent,
    files: { live: [], transcripts: folder.path, transcript: path },
    hear: (observations) => {
      for (const one of observations) agent.hear(one, ENDED)
    },
    owner: { claim: () => true, isFree: () => true, isAlone: () => true },
    log: listeningLog().log,
    signal: stop.signal,
  })
  const end = () => {
    agent.hear({ ...seen(0, { source: 'process', says: { type: 'ended' } }), at: ENDED }, ENDED)
  }
  const told = () => {
    const { usage, lastWords, liveness } = agent.view()
    return { input: usage.input, output: usage.output, lastWords, liveness }
  }
  return {
    path,
    transcript,
    told,
    end,
    async [Symbol.asyncDispose]() {
      stop.abort()
      await folder[Symbol.asyncDispose]()
    },
  }
}

/** One whose log is being read, and that has ended since. */
async function openEnded() {
  const talk = await openTalk()
  await talk.transcript.look()
  talk.end()
  return talk
}

test("Copilot's totals, written 20 s after its end, count once in three replays", async () => {
  await using kept = await openEnded()
  const { path, transcript, told } = kept
  expect(told()).toMatchObject({ input: 2_000, output: 200, liveness: 'ended' })
  const finished = transcript.finish({ stepMs: 10, limitMs: 600_000 })
  await appendFile(path, SHUTDOWN)
  await finished
  const totals = { input: 5_000, output: 700, lastWords: 'All tidy.', liveness: 'ended' }
  expect(told()).toEqual(totals)
  for (let replay = 1; replay <= 3; replay += 1) {
    // Written anew, longer each time: everything before is told again.
    const more = record(50 + replay, 'session.info', { message: `replay ${replay}` })
    await writeFile(path, more + TALK + SHUTDOWN)
    await transcript.finish({ stepMs: 10, limitMs: 600_000 })
    expect(told(), `replay ${replay}`).toEqual(totals)
  }
})

test('without them its last words and what was counted are kept, a half line included', async () => {
  await using kept = await openEnded()
  const { path, transcript, told } = kept
  const last = record(40, 'assistant.message', { content: 'One more thing.', toolRequests: [] })
  await appendFile(path, last.trimEnd())
  await transcript.finish({ stepMs: 10, limitMs: 50 })
  expect(told()).toEqual({
    ...{ input: 2_000, output: 200 },
    ...{ lastWords: 'One more thing.', liveness: 'ended' },
  })
})

test('the log of an agent that ends while it is being found is read all the same', async () => {
  await using talk = await openTalk()
  const { transcript, told, end } = talk
  const found = transcript.look()
  end()
  await transcript.finish({ stepMs: 10, limitMs: 50 })
  expect(told()).toEqual({
    ...{ input: 2_000, output: 200 },
    ...{ lastWords: 'All tidy.', liveness: 'ended' },
  })
  await found
})
