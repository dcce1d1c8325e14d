import { defineConfig } from 'playwright/test'

/**
 * The bench is a run of its own, beside `tests/playwright.config.ts`: one row after the other, alone
 * on the machine, and no time limit that a slow machine could turn into a failure of a report.
 */
export default defineConfig({
  testDir: './rows',
  testMatch: '*.bench.ts',
  outputDir: '../../test-results/bench',
  workers: 1,
  fullyParallel: false,
  retries: 0,
  timeout: 20 * 60_000,
  expect: { timeout: 30_000 },
  reporter: './reporter.ts',
})
