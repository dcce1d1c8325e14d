import { expect, type Page, test } from 'playwright/test'
import { fleet, startFleet } from '../support/agent-fleet.ts'
import { tellAgents } from '../support/feed-agents.ts'
import { axeViolations, openApp, row } from '../support/page.ts'
import { startServer } from '../support/server.ts'
import { startTmux } from '../support/tmux.ts'

const THEMES: Readonly<Record<string, Parameters<Page['emulateMedia']>[0]>> = {
  dark: { colorScheme: 'dark' },
  light: { colorScheme: 'light' },
  'dark with more contrast': { colorScheme: 'dark', contrast: 'more' },
  'light with more contrast': { colorScheme: 'light', contrast: 'more' },
  'the colours of the system alone': { forcedColors: 'active' },
  'without motion': { reducedMotion: 'reduce' },
}

/** A colour of the theme as it is computed now. */
function color(page: Page, name: string): Promise<string> {
  return page.evaluate((token) => {
    const probe = document.createElement('i')
    probe.style.color = `var(${token})`
    document.body.append(probe)
    const { color: computed } = getComputedStyle(probe)
    probe.remove()
    return computed
  }, name)
}

test('agents in every state, and the settings, can be read in every theme', async ({ page }) => {
  await using tmux = await startTmux()
  await startFleet(tmux)
  await using server = await startServer({ tmux })
  await tellAgents(page, fleet())
  await openApp(page, server)
  for (const address of ['/', '/settings']) {
    await page.goto(`${server.url}${address}`)
    await expect(row(page, 'billing')).toBeVisible()
    for (const [theme, media] of Object.entries(THEMES)) {
      await page.emulateMedia({
        colorScheme: null,
        contrast: null,
        forcedColors: null,
        reducedMotion: null,
        ...media,
      })
      expect.soft(await axeViolations(page), `${address} ${theme}`).toEqual([])
    }
  }
})

test('more contrast is a choice of the device, as the system may make it', async ({ page }) => {
  await using server = await startServer()
  await page.emulateMedia({ colorScheme: 'dark' })
  await openApp(page, server, { path: '/settings' })
  const before = await color(page, '--text')
  await page.getByRole('checkbox', { name: 'More contrast' }).check()
  expect(await color(page, '--text')).not.toBe(before)
  expect(await color(page, '--text')).toBe('rgb(255, 255, 255)')
  await page.reload()
  await expect(page.getByRole('checkbox', { name: 'More contrast' })).toBeChecked()
  expect(await color(page, '--text')).toBe('rgb(255, 255, 255)')
})

test('nothing moves for somebody who wants no motion', async ({ page }) => {
  await using tmux = await startTmux()
  await startFleet(tmux)
  await using server = await startServer({ tmux })
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await tellAgents(page, fleet())
  await openApp(page, server)
  await page.getByRole('button', { name: 'New' }).first().click()
  await expect(page.getByRole('dialog')).toBeVisible()
  const moving = await page.evaluate(() =>
    document
      .getAnimations()
      .filter((one) => Number(one.effect?.getComputedTiming().activeDuration ?? 0) > 0)
      .map((one) => (one instanceof CSSAnimation ? one.animationName : 'transition')),
  )
  expect(moving).toEqual([])
})

test('names that others chose are of no language, and are not translated', async ({ page }) => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'donnerstag', command: 'exec cat' })
  await using server = await startServer({ tmux })
  await openApp(page, server)
  await expect(page.locator('html')).toHaveAttribute('lang', 'en')
  const name = row(page, 'donnerstag').locator('.name bdi')
  await expect(name).toHaveAttribute('lang', '')
  await expect(name).toHaveAttribute('translate', 'no')
})
