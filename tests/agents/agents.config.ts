import { defineConfig } from 'playwright/test'
import tests from '../playwright.config.ts'

/** The browser that the tests use, as they use it. */
const desktop = tests.projects?.find((project) => project.name === 'browser')

/**
 * The real agents are a run of their own, beside `tests/playwright.config.ts`: they have to be
 * installed, and each takes minutes. One after the other: what they show depends on time.
 */
export default defineConfig({
  testDir: '.',
  outputDir: '../../test-results/agents',
  projects: [{ name: 'agents', testMatch: '*.test.ts' }],
  workers: 1,
  fullyParallel: false,
  retries: 0,
  timeout: 15 * 60_000,
  expect: { timeout: 30_000 },
  reporter: './reporter.ts',
  use: { ...desktop?.use },
})
