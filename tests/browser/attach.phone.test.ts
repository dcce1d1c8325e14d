import { readFileSync } from 'node:fs'
import { expect, type Locator, type Page, test } from 'playwright/test'
import { FakeAgent } from '../support/fake-agent.ts'
import { axeViolations, holdBack } from '../support/page.ts'
import { startServer } from '../support/server.ts'
import { openTerminal } from '../support/terminal-tab.ts'
import { startTmux } from '../support/tmux.ts'

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

const boxOf = (page: Page) => page.getByRole('textbox', { name: 'Message to the program' })

/** The path that stands in the box. */
async function pathIn(box: Locator): Promise<string> {
  await expect(box).toHaveValue(/\/attachments\/[\d-]+-[0-9a-f]{8}\.\w+/)
  return /'?(\/\S+\/attachments\/[\w.-]+)/.exec(await box.inputValue())?.[1] ?? ''
}

test('a picture of the phone is sent, and its path goes to the agent with the message', async ({
  page,
}) => {
  await using tmux = await startTmux()
  const agent = new FakeAgent(tmux, 'claude', 'work')
  await agent.start()
  agent.show('06-idle-after-turn')
  await using server = await startServer({ tmux })
  await openTerminal(page, server, 'work')
  const box = boxOf(page)
  await box.fill('What is wrong in')
  const choosing = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: 'Attach a file' }).tap()
  await (await choosing).setFiles({ name: 'Screen Shot.png', mimeType: 'image/png', buffer: PNG })
  const path = await pathIn(box)
  await expect(box).toHaveValue(`What is wrong in ${path} `)
  expect(readFileSync(path).equals(PNG)).toBe(true)
  expect(agent.typed()).toBe('')
  expect(await axeViolations(page)).toEqual([])
  await page.getByRole('button', { name: 'Send', exact: true }).tap()
  await expect.poll(() => agent.typed()).toContain(`What is wrong in ${path}`)
})

test('a file that cannot be sent says why, and the message stays', async ({ page }) => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'work', command: 'exec cat' })
  await using server = await startServer({ tmux })
  await openTerminal(page, server, 'work')
  const box = boxOf(page)
  await box.fill('look at this')
  const files = page.getByLabel('Files to attach')
  await files.setInputFiles({ name: 'empty.txt', mimeType: 'text/plain', buffer: Buffer.alloc(0) })
  const list = page.getByRole('list', { name: 'Files on their way' })
  await expect(list).toContainText('This file is empty')
  await page.getByRole('button', { name: 'Forget empty.txt' }).tap()
  await expect(list).toHaveCount(0)

  // The server goes away in the middle, and comes back.
  await server.stop()
  await files.setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: PNG })
  await expect(list).toContainText('The file did not arrive.')
  expect(await axeViolations(page)).toEqual([])
  await server.start()
  await page.getByRole('button', { name: 'Forget a.png' }).tap()
  await files.setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: PNG })
  await pathIn(box)
  await expect(box).toHaveValue(/^look at this \//)
})

test('a file on its way can be stopped, and is waited for in another view', async ({ page }) => {
  await using tmux = await startTmux()
  const agent = new FakeAgent(tmux, 'claude', 'work')
  await agent.start()
  agent.show('06-idle-after-turn')
  await using server = await startServer({ tmux })
  const letGo = await holdBack(page, '**/api/attachments*')
  await openTerminal(page, server, 'work')
  const files = page.getByLabel('Files to attach')
  for (const name of ['one.png', 'two.png']) {
    await files.setInputFiles({ name, mimeType: 'image/png', buffer: PNG })
  }
  await page.getByRole('button', { name: 'Stop sending one.png' }).tap()
  await expect(page.getByRole('progressbar', { name: 'Sending two.png' })).toBeVisible()
  await page.getByRole('link', { name: 'Timeline' }).tap()
  await expect(boxOf(page)).toHaveCount(0)
  letGo()
  await page.getByRole('link', { name: 'Terminal' }).tap()
  const path = await pathIn(boxOf(page))
  await expect(boxOf(page)).toHaveValue(`${path} `)
})
