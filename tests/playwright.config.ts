import { existsSync } from 'node:fs'
import { defineConfig, devices } from 'playwright/test'

/** Debian's name first; `DOGWATCH_CHROMIUM` names another, and without either Playwright's own is used. */
const chromium = process.env.DOGWATCH_CHROMIUM ?? '/usr/bin/chromium'

const browser = {
  browserName: 'chromium' as const,
  // A worker's requests pass by the routes of tests; those of the worker itself allow it.
  serviceWorkers: 'block' as const,
  launchOptions: {
    ...(existsSync(chromium) ? { executablePath: chromium } : {}),
    // Chromium refuses its sandbox to root, as in a container; its background traffic only adds noise.
    args: [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  },
}

export default defineConfig({
  testDir: '.',
  outputDir: '../test-results',
  // Real tmux servers and browsers share the machine: more workers than cores only make them wait.
  workers: 2,
  fullyParallel: false,
  retries: 0,
  // Limits of a test that hangs, generous: what must be quick is measured by the bench.
  timeout: 120_000,
  expect: { timeout: 15_000 },
  forbidOnly: Boolean(process.env.CI),
  reporter: process.env.CI ? [['list']] : [['dot']],
  projects: [
    { name: 'unit', testMatch: ['unit/**/*.test.ts', /tests\/[^/]+\.test\.ts$/] },
    { name: 'tmux', testMatch: 'tmux/**/*.test.ts' },
    { name: 'server', testMatch: 'server/**/*.test.ts' },
    {
      name: 'browser',
      testMatch: 'browser/**/*.test.ts',
      testIgnore: '**/*.phone.test.ts',
      use: { ...browser, viewport: { width: 1440, height: 900 } },
    },
    {
      name: 'phone',
      testMatch: 'browser/**/*.phone.test.ts',
      use: {
        ...devices['Pixel 7'],
        ...browser,
        viewport: { width: 390, height: 844 },
        hasTouch: true,
        isMobile: true,
      },
    },
  ],
})
