import { expect, test } from 'playwright/test'
import type { AgentsResponse } from '../../../server/protocol.ts'
import { ClaudeTalk } from '../../support/claude-talk.ts'
import { FakeAgent } from '../../support/fake-agent.ts'
import { watchFrames } from '../frames.ts'
import { report, sized } from '../row.ts'
import { openScene } from '../scene.ts'
import { quantile } from '../stats.ts'
import { watchTalk } from '../talk.ts'

const PARTS = 200
const ENTRIES_OF_A_PART = 10
const JUMPS = sized(60, 20)
const GROWTHS = sized(40, 10)
const WHEELS = sized(200, 60)

const ANSWER = `It does \`this\` and **that**:\n\n- one ${'word '.repeat(20)}\n- two\n\n\`\`\`ts\nconst answer = 42\n\`\`\`\n`

test('a long conversation is opened, gone through, and grows', async ({ browser }) => {
  await using scene = await openScene()
  const claude = new FakeAgent(scene.tmux, 'claude', 'work')
  await claude.start()
  const talk = new ClaudeTalk(claude, Date.now() - PARTS * ENTRIES_OF_A_PART * 1_000)
  for (let at = 0; at < PARTS; at += 1) {
    talk.prompt(`Prompt ${at} of many`)
    for (let more = 1; more < ENTRIES_OF_A_PART; more += 1) talk.words(`${at}.${more} ${ANSWER}`)
  }
  await talk.tell('idle')
  const api = scene.server.api(scene.token)
  const agent = async () => (await api.get<AgentsResponse>('/api/agents')).json.agents[0]
  await expect.poll(async () => (await agent())?.conversation).toBeDefined()
  const id = (await agent())?.id
  const read = async (query: string) => {
    const path = `/api/agents/${id}/transcript?limit=200${query}`
    return (await api.get<{ entries: { id: string }[]; before?: string }>(path)).json
  }
  await expect.poll(async () => (await read('')).entries.length).toBe(200)
  let oldest = await read('')
  while (oldest.before) oldest = await read(`&before=${oldest.before}`)

  const origin = `http://127.0.0.1:${scene.server.port}`
  const localStorage = [{ name: 'dogwatch.token', value: scene.token }]
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    storageState: { cookies: [], origins: [{ origin, localStorage }] },
  })
  const page = await context.newPage()
  const said = page.locator('.talk')
  const last = said.locator('.said').last()
  const latest = page.locator('.talk-jumps .btn:not(.icon)')
  const end = `${PARTS - 1}.${ENTRIES_OF_A_PART - 1} It does`
  const start = performance.now()
  await page.goto(`${origin}/a/${id}/conversation`, { waitUntil: 'commit' })
  await expect(last).toContainText(end)
  const opened = performance.now() - start

  // The address of its first entry has all of it read.
  await page.goto('about:blank')
  await page.goto(`${origin}/a/${id}/conversation#${oldest.entries[0]?.id}`)
  await expect(said.locator('.said')).toHaveCount(PARTS * ENTRIES_OF_A_PART, { timeout: 120_000 })
  await expect(said.locator('.said:focus')).toContainText('Prompt 0 ')

  const idle = await watchFrames(page)
  await page.waitForTimeout(1_000)
  const still = await idle()
  const watched = await watchTalk(page)
  const jumpTo = async (key: string, prompt: number) => {
    await page.keyboard.press(key)
    await watched.focused(`Prompt ${prompt} `)
  }
  const down = await watchFrames(page)
  for (let jump = 1; jump <= JUMPS; jump += 1) await jumpTo('>', jump)
  const moved = await down()
  // To the end and up again: what is far away is drawn for the first time.
  await latest.click()
  await expect(latest).toHaveCount(0)
  const up = await watchFrames(page)
  for (let jump = 1; jump <= JUMPS; jump += 1) await jumpTo('<', PARTS - jump)
  moved.push(...(await up()))

  await said.hover()
  const wheel = await watchFrames(page)
  for (let turn = 0; turn < WHEELS; turn += 1) await page.mouse.wheel(0, -400)
  const scrolled = await wheel()

  await latest.click()
  await expect(last).toBeInViewport()
  const growing = await watchFrames(page)
  const waits: number[] = []
  for (let more = 0; more < GROWTHS; more += 1) {
    const before = performance.now()
    await talk.words(`More ${more} ${ANSWER}`).tell('busy')
    await watched.added(`More ${more} It does`)
    waits.push(performance.now() - before)
  }
  const grown = await growing()
  await context.close()

  const entries = PARTS * ENTRIES_OF_A_PART
  const told = (frames: number[]) =>
    `${frames.filter((frame) => frame > 50).length} of ${frames.length} over 50 ms, p99 ${quantile(frames, 0.99).toFixed(1)} ms`
  await report(test.info(), {
    id: 'conversation.open',
    name: `a conversation of ${entries} entries, until its newest words are there`,
    unit: 'ms',
    value: opened,
  })
  const rows = [
    ['frame', 'jumps in it', moved, `${2 * JUMPS} jumps`],
    ['wheel', 'scrolling through it', scrolled, `${WHEELS} turns of a wheel`],
    ['grow', 'it grows while its end is in sight', grown, `${GROWTHS} entries`],
  ] as const
  for (const [id, name, frames, note] of rows) {
    await report(test.info(), {
      id: `conversation.${id}`,
      name: `${name}: longest frame`,
      unit: 'ms',
      value: Math.max(...frames),
      floor: { name: 'nothing happens', value: Math.max(...still) },
      budget: { of: 'value', max: 50 },
      note: `${told(frames)}; ${note}`,
    })
  }
  await report(test.info(), {
    id: 'conversation.jump',
    name: 'a key until the next prompt has the focus and its frame begins, p95',
    unit: 'ms',
    value: quantile(watched.jumps(), 0.95),
    budget: { of: 'value', max: 100 },
    note: `longest ${Math.max(...watched.jumps()).toFixed(0)} ms`,
  })
  await report(test.info(), {
    id: 'conversation.live',
    name: 'words in the transcript until they are on the page, p50',
    unit: 'ms',
    value: quantile(waits, 0.5),
    note: `p95 ${quantile(waits, 0.95).toFixed(0)} ms`,
  })
})
