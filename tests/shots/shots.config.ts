import { defineConfig } from 'playwright/test'
import tests from '../playwright.config.ts'

/** `npm run shots`: pictures of the real program for eyes, with the browsers of the tests. */
export default defineConfig({
  testDir: '.',
  testMatch: '*.shots.ts',
  outputDir: '../../test-results/shots',
  workers: 1,
  reporter: 'line',
  projects: (tests.projects ?? [])
    .filter(({ name }) => name === 'browser' || name === 'phone')
    .map(({ name, use }) => ({ name, use })),
})
