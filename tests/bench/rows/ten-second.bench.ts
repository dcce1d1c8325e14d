import { type Browser, devices, expect, type Locator, test } from 'playwright/test'
import type { AgentsResponse } from '../../../server/protocol.ts'
import { FakeAgent } from '../../support/fake-agent.ts'
import { report, sized } from '../row.ts'
import { openScene, type Scene } from '../scene.ts'
import { startSlowLink, TRAIN } from '../slow-link.ts'
import { median } from '../stats.ts'

const ROUNDS = sized(5, 2)
/** In turns: the same dialog again within a moment would be the one that was answered. */
const DIALOGS = ['03-permission-bash', '07-permission-edit'] as const

interface Round {
  /** Milliseconds from opening the address to the answer's button, and to the key in the agent. */
  askedAt: number
  answeredAt: number
  /** Kilobytes, both ways. */
  carried: number
  taps: number
}

/** A phone without a cache opens the address of the asking session, as a push would, and says yes. */
async function answer(
  browser: Browser,
  scene: Scene,
  agent: FakeAgent,
  dialog: string,
): Promise<Round> {
  agent.show(dialog)
  let session = ''
  await expect
    .poll(async () => {
      const { json } = await scene.server.api(scene.token).get<AgentsResponse>('/api/agents')
      session = json.agents.find(({ ask }) => ask?.hash !== undefined)?.session ?? ''
      return session
    })
    .not.toBe('')
  await using link = await startSlowLink(scene.server.port)
  const origin = `http://127.0.0.1:${link.port}`
  const localStorage = [{ name: 'dogwatch.token', value: scene.token }]
  const context = await browser.newContext({
    ...devices['Pixel 7'],
    viewport: { width: 390, height: 844 },
    storageState: { cookies: [], origins: [{ origin, localStorage }] },
  })
  const page = await context.newPage()
  const typed = agent.typed().length
  const start = performance.now()
  await page.goto(`${origin}/s/${session}`, { waitUntil: 'commit' })
  const button = page.getByRole('button', { name: 'Allow once' }).filter({ visible: true })
  await button.waitFor({ timeout: 60_000 })
  const askedAt = performance.now() - start
  let taps = 0
  const tap = (on: Locator) => {
    taps += 1
    return on.tap({ noWaitAfter: true })
  }
  await tap(button)
  await expect.poll(() => agent.typed().length, { intervals: [5], timeout: 30_000 }).toBe(typed + 1)
  const answeredAt = performance.now() - start
  agent.show('05-after-approve')
  await expect(button).toHaveCount(0, { timeout: 30_000 })
  const { up, down } = link.carried()
  await context.close()
  return { askedAt, answeredAt, carried: (up + down) / 1_000, taps }
}

test('from a link on a phone to the answer', async ({ browser }) => {
  await using scene = await openScene()
  const agent = new FakeAgent(scene.tmux, 'claude', 'asking')
  await agent.start()
  const rounds: Round[] = []
  while (rounds.length < ROUNDS) {
    const dialog = DIALOGS[rounds.length % DIALOGS.length] ?? ''
    rounds.push(await answer(browser, scene, agent, dialog))
  }
  const of = (pick: (round: Round) => number) => median(rounds.map(pick))
  const line = `${TRAIN.roundTripMs} ms and ${TRAIN.bitsPerSecond / 1e6} Mbit/s`
  await report(test.info(), {
    id: 'ten-second.answered',
    name: `from a link on a phone to the answer in the agent, ${line}`,
    unit: 's',
    value: of(({ answeredAt }) => answeredAt) / 1_000,
    budget: { of: 'value', max: 10 },
    note: `the question is there after ${(of(({ askedAt }) => askedAt) / 1_000).toFixed(1)} s; no time to read it is counted`,
  })
  await report(test.info(), {
    id: 'ten-second.taps',
    name: 'taps from the link to the answer',
    unit: 'count',
    value: of(({ taps }) => taps),
    budget: { of: 'value', max: 2 },
  })
  await report(test.info(), {
    id: 'ten-second.bytes',
    name: 'carried until the answer was confirmed, empty cache, both ways',
    unit: 'KB',
    value: of(({ carried }) => carried),
  })
})
