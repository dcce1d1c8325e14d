import { defineConfig } from 'playwright/test'
import tests from '../playwright.config.ts'

/** The browser that the tests use, as they use it. */
const desktop = tests.projects?.find((project) => project.name === 'browser')

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
  use: { ...desktop?.use },
})
