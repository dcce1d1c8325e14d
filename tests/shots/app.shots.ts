import { join } from 'node:path'
import { expect, type Page, test } from 'playwright/test'
import { openApp, row } from '../support/page.ts'
import { startServer } from '../support/server.ts'
import { startTmux } from '../support/tmux.ts'
import { makeScene } from './scene.ts'

const ROOT = join(import.meta.dirname, '../..')

for (const colorScheme of ['dark', 'light'] as const) {
  test(`the app, ${colorScheme}`, async ({ page }, info) => {
    await using tmux = await startTmux({ config: 'set-option -g status off' })
    const names = await makeScene(tmux)
    await using server = await startServer({ tmux, env: { HOME: tmux.dir } })
    await page.emulateMedia({ colorScheme })
    await openApp(page, server)
    for (const name of names) await expect(row(page, name)).toBeVisible()
    // Just started, all of them have printed; a moment later the list is as people know it.
    await expect(row(page, 'infra')).toContainText('quiet')
    const device = info.project.name === 'phone' ? 'phone' : 'desk'
    const shoot = (what: string) => save(page, `shots/${device}-${colorScheme}-${what}.png`)
    await shoot('list')
    await row(page, 'billing-api').click()
    await expect(page.locator('.xterm-rows')).toContainText('54')
    await shoot('terminal')
    // The pictures of the README.
    if (colorScheme === 'dark') await save(page, `docs/${device}.png`)
  })
}

async function save(page: Page, path: string): Promise<void> {
  await page.evaluate(() => document.fonts.ready)
  await page.screenshot({ path: join(ROOT, path), scale: 'css' })
}
