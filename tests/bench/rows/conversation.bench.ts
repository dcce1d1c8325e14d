import { expect, test } from 'playwright/test'
import type { AgentsResponse } from '../../../server/protocol.ts'
import { ClaudeTalk } from '../../support/claude-talk.ts'
import { FakeAgent } from '../../support/fake-agent.ts'
import { watchFrames } from '../frames.ts'
import { report, sized } from '../row.ts'
import { openScene } from '../scene.ts'
import { quantile } from '../stats.ts'

const PARTS = 200
const ENTRIES_OF_A_PART = 10
const JUMPS = sized(60, 20)

const ANSWER = `It does \`this\` and **that**:\n\n- one ${'word '.repeat(20)}\n- two\n\n\`\`\`ts\nconst answer = 42\n\`\`\`\n`

test('jumps in a long conversation', async ({ browser }) => {
  await using scene = await openScene()
  const claude = new FakeAgent(scene.tmux, 'claude', 'work')
  await claude.start()
  const talk = new ClaudeTalk(claude, Date.now() - PARTS * ENTRIES_OF_A_PART * 1_000)
  for (let at = 0; at < PARTS; at += 1) {
    talk.prompt(`Prompt ${at}`)
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
  // The address of its first entry has all of it read.
  await page.goto(`${origin}/a/${id}/conversation#${oldest.entries[0]?.id}`)
  const said = page.getByRole('region', { name: 'What was said' })
  await expect(said.locator('.said')).toHaveCount(PARTS * ENTRIES_OF_A_PART, { timeout: 120_000 })
  await expect(said.locator('.said:focus')).toContainText('Prompt 0')

  const idle = await watchFrames(page)
  await page.waitForTimeout(1_000)
  const still = await idle()
  const frames = await watchFrames(page)
  for (let jump = 0; jump < JUMPS; jump += 1) {
    await page.keyboard.press('>')
    await expect(said.locator('.said:focus')).toContainText(`Prompt ${jump + 1}`)
  }
  // To the end and up again: what is far away is drawn for the first time.
  await page.getByRole('button', { name: 'Latest' }).click()
  await expect(said.getByText(`Prompt ${PARTS - 1}`)).toBeAttached()
  for (let jump = 0; jump < JUMPS; jump += 1) {
    const before = await said.locator('.said:focus').textContent()
    await page.keyboard.press('<')
    await expect(said.locator('.said:focus')).not.toHaveText(before ?? '')
  }
  const moved = await frames()
  await context.close()
  await report(test.info(), {
    id: 'conversation.frame',
    name: `jumps in a conversation of ${PARTS * ENTRIES_OF_A_PART} entries: longest frame`,
    unit: 'ms',
    value: Math.max(...moved),
    floor: { name: 'no jump', value: Math.max(...still) },
    budget: { of: 'value', max: 50 },
    note: `${moved.filter((frame) => frame > 50).length} of ${moved.length} over 50 ms, p99 ${quantile(moved, 0.99).toFixed(1)} ms; ${2 * JUMPS} jumps`,
  })
})
