import { expect, test } from 'playwright/test'
import type { AgentView } from '../../server/protocol.ts'
import { agent } from '../support/agent-view.ts'
import { tellAgents } from '../support/feed-agents.ts'
import { openApp, row, rowNames } from '../support/page.ts'
import { startServer } from '../support/server.ts'
import { startTmux } from '../support/tmux.ts'

const MINUTE = 60_000

/** Ten sessions of a working day: one failed, one asks, the others go their way. */
function day(): AgentView[] {
  const now = Date.now()
  const one = (id: string, change: Partial<AgentView>) =>
    agent({ id, session: id, startedAt: now, since: now - 7 * MINUTE, ...change })
  const evidence = (line: string) =>
    ({ source: 'screen', line, at: now, confidence: 'high' }) as const
  const ask = { id: 'q', kind: 'permission', text: 'rm -rf build', since: now - MINUTE } as const
  return [
    one('api', { activity: 'working', tool: 'Bash npm test' }),
    one('billing', { activity: 'idle', lastWords: 'All tests pass.' }),
    one('crawler', { activity: 'working', tool: 'Edit crawl.ts' }),
    one('deploy', { activity: 'asking', since: now - MINUTE, ask }),
    one('etl', { activity: 'idle', lastWords: 'Nothing left to do.' }),
    one('frontend', { activity: 'working', tool: 'Read App.tsx' }),
    one('gateway', { activity: 'failed', evidence: evidence('credit balance is too low') }),
    one('hooks', { activity: 'retrying', evidence: evidence('Overloaded, attempt 2 of 10') }),
    one('importer', { activity: 'idle', lastWords: 'The file is imported.' }),
    one('jobs', { activity: 'working', tool: 'Bash make' }),
  ]
}

test('of ten sessions the one that asks and the one that failed are found without any colour', async ({
  page,
}) => {
  await using tmux = await startTmux()
  for (const { id } of day()) await tmux.newSession({ name: id, command: 'exec cat' })
  await using server = await startServer({ tmux })
  await tellAgents(page, day())
  await openApp(page, server)
  await expect(page.locator('.row')).toHaveCount(day().length)
  await page.addStyleTag({ content: 'html { filter: grayscale(1) }' })
  const shots = process.env.DOGWATCH_SHOTS
  if (shots) await page.screenshot({ path: `${shots}/glance.png` })

  // By place: they stand first, under the first heading, which counts them.
  await expect.poll(async () => (await rowNames(page)).slice(0, 2)).toEqual(['deploy', 'gateway'])
  await expect(page.locator('.list .heading h2').first()).toHaveText('Needs you 2')
  // By word, and by how long it has been.
  await expect(row(page, 'deploy').locator('.when')).toHaveText('permission 1 min')
  await expect(row(page, 'gateway').locator('.when')).toHaveText('failed 7 min')
  // By shape: nobody else has theirs.
  const shapes = await page.locator('.row-main > .glyph').allTextContents()
  expect(shapes.slice(0, 2)).toEqual(['◆', '▲'])
  expect(shapes.slice(2).filter((shape) => '◆▲'.includes(shape))).toEqual([])
  expect(new Set(shapes.slice(2))).toEqual(new Set(['●', '↻', '○']))
  // As ink on paper the two differ from each other, and from a working one.
  const ink = await page.locator('.row-main > .glyph').evaluateAll((all) =>
    all.slice(0, 3).map((glyph) => {
      const canvas = new OffscreenCanvas(24, 24)
      const pen = canvas.getContext('2d')
      if (!pen) return ''
      pen.font = `20px ${getComputedStyle(glyph).fontFamily}`
      pen.fillText(glyph.textContent ?? '', 2, 20)
      const { data } = pen.getImageData(0, 0, 24, 24)
      return data
        .filter((_, at) => at % 4 === 3)
        .reduce((text, alpha) => text + (alpha > 99 ? 1 : 0), '')
    }),
  )
  expect(new Set(ink).size).toBe(3)
  expect(ink.every((text) => text.includes('1'))).toBe(true)
})
