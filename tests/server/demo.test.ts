import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'playwright/test'
import type {
  AgentsResponse,
  AgentView,
  AttentionResponse,
  DiffResponse,
  PromptResponse,
  SearchResponse,
  SnapshotsResponse,
  TranscriptResponse,
  TurnsResponse,
} from '../../server/protocol.ts'
import { Demo } from '../support/demo.ts'
import { runProgram } from '../support/server.ts'

/** Its plays take their time. */
test.setTimeout(150_000)
const SLOW = { timeout: 60_000 }

/** The agent in the session of this name, as the list tells it. */
async function agentIn(demo: Demo, token: string, session: string): Promise<AgentView | undefined> {
  const { json } = await demo.api(token).get<AgentsResponse>('/api/agents')
  return json.agents.find(({ cwd }) => cwd.endsWith(`/${session}`))
}

/** What is left of a demo: its folder, its processes. */
function leftOf(demo: Demo): string[] {
  const processes = readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return []
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
      return command.includes(demo.folder) ? [command] : []
    } catch {
      // It ended while we looked.
      return []
    }
  })
  return [...readdirSync(demo.parent), ...processes]
}

test('a link for another device is made by the command that the demo names', async () => {
  await using demo = await Demo.start()
  const env = { PATH: process.env.PATH ?? '', HOME: demo.parent }
  const made = await runProgram(['url', '--json', '--data-dir', demo.dataDir], env)
  expect(made.stderr).toBe('')
  expect(JSON.parse(made.stdout).url).toContain(`${demo.url}/#k=`)
})

test('the demo shows each state of an agent, and every need', async () => {
  await using demo = await Demo.start()
  const token = await demo.pair()
  const seen = async (session: string) => {
    const agent = await agentIn(demo, token, session)
    const { items } = (await demo.api(token).get<AttentionResponse>('/api/attention')).json
    const need = items.find((item) => item.agent === agent?.id)?.reason ?? 'none'
    return `${agent?.kind} ${agent?.liveness} ${agent?.activity}, needs ${need}`
  }
  const expected = {
    'billing-api': /claude live asking, needs permission/,
    'checkout-ui': /claude live asking, needs question/,
    'search-index': /codex live failed, needs failed/,
    'perf-lab': /copilot live retrying, needs none/,
    'docs-site': /gemini live idle, needs turn/,
    'mobile-sync': /opencode live idle, needs none/,
    'data-import': /codex ended .*, needs uncommitted/,
    infra: /claude ended .*, needs interrupted/,
  }
  for (const [session, state] of Object.entries(expected)) {
    await expect.poll(() => seen(session), { message: session, ...SLOW }).toMatch(state)
  }
  await expect.poll(() => seen('auth-refactor'), SLOW).toMatch(/claude live working/)
})

test('its agents have conversations, turns, snapshots and changes, and all of it is found', async () => {
  await using demo = await Demo.start()
  const token = await demo.pair()
  await expect
    .poll(async () => (await agentIn(demo, token, 'auth-refactor'))?.lastTurn?.end, SLOW)
    .toBe('done')
  const agent = await agentIn(demo, token, 'auth-refactor')
  const get = async <T>(what: string) =>
    (await demo.api(token).get<T>(`/api/agents/${agent?.id}/${what}`)).json
  const { entries } = await get<TranscriptResponse>('transcript')
  const kinds = entries.map(({ type }) => type)
  expect(kinds).toEqual(expect.arrayContaining(['user', 'agent', 'tool']))
  expect(JSON.stringify(entries)).toContain('Why do the session tests fail after midnight?')
  // It goes on to the next one by itself.
  const { turns } = await get<TurnsResponse>('turns')
  expect(turns.map(({ prompt }) => prompt).join()).toContain('injected clock')
  const snapshots = async () => (await get<SnapshotsResponse>('snapshots')).snapshots.length
  await expect.poll(snapshots, SLOW).toBeGreaterThan(1)
  // Its play takes the changes back now and then, and makes them again.
  const changed = async () => (await get<DiffResponse>('diff')).files.map(({ path }) => path)
  await expect.poll(changed, SLOW).toContain('src/session.ts')
  const find = async () => {
    const found = await demo.api(token).get<SearchResponse>('/api/search?q=injected%20clock')
    return found.json.hits.map(({ kind }) => kind)
  }
  await expect.poll(find, SLOW).toEqual(expect.arrayContaining(['transcript', 'snapshot']))
})

test('each kind that keeps a conversation on the disk has one to read', async () => {
  await using demo = await Demo.start()
  const token = await demo.pair()
  const said = async (session: string) => {
    const agent = await agentIn(demo, token, session)
    if (!agent) return ''
    const path = `/api/agents/${agent.id}/transcript` as const
    const { json } = await demo.api(token).get<TranscriptResponse>(path)
    return JSON.stringify(json.entries)
  }
  for (const [session, words] of Object.entries({
    'search-index': 'exceeded retry limit',
    'perf-lab': 'a profile of a cold start',
    'docs-site': 'three sections and 412 words',
  })) {
    await expect.poll(() => said(session), { message: session, ...SLOW }).toContain(words)
  }
})

test('its agents can be answered and prompted', async () => {
  await using demo = await Demo.start()
  const token = await demo.pair()
  const api = demo.api(token)
  const approve = async () => {
    const { ask, pane } = (await agentIn(demo, token, 'billing-api')) ?? {}
    const answer = { ask: ask?.id, answer: 'approve', hash: ask?.hash, id: crypto.randomUUID() }
    return (await api.post(`/api/panes/${pane}/answer`, answer)).status
  }
  // Refused until the whole dialog stands there.
  await expect.poll(approve, SLOW).toBe(200)
  await expect
    .poll(async () => (await agentIn(demo, token, 'billing-api'))?.lastWords, SLOW)
    .toContain('refunds use the rate that was paid')

  await expect
    .poll(async () => (await agentIn(demo, token, 'mobile-sync'))?.activity, SLOW)
    .toBe('idle')
  const idle = await agentIn(demo, token, 'mobile-sync')
  const prompt = { id: 'prompt-one', text: 'How large may the queue grow?' }
  const sent = await api.post<PromptResponse>(`/api/panes/${idle?.pane}/prompt`, prompt)
  expect(sent.json.receipt).toBe('submitted')
  await expect
    .poll(async () => (await agentIn(demo, token, 'mobile-sync'))?.lastTurn?.end, SLOW)
    .toBe('done')
})

for (const signal of ['SIGTERM', 'SIGINT', 'SIGKILL'] as const) {
  test(`nothing of it is left after ${signal}`, async () => {
    await using demo = await Demo.start()
    expect(leftOf(demo).length).toBeGreaterThan(5)
    expect(await demo.end(signal)).toBe(signal === 'SIGKILL' ? null : 0)
    await expect.poll(() => leftOf(demo), SLOW).toEqual([])
  })
}
