import { authRefactor, billingApi, checkoutUi, infra } from './claude-plays.ts'
import { dataImport, docsSite, mobileSync, perfLab, searchIndex } from './other-plays.ts'
import type { Place } from './play.ts'

/** The sessions of the demo: each state of an agent at least once, and two without an agent. */
export const PLACES: readonly Place[] = [
  billingApi,
  authRefactor,
  checkoutUi,
  searchIndex,
  perfLab,
  docsSite,
  mobileSync,
  dataImport,
  infra,
  {
    name: 'web-dev',
    prints: [
      '',
      '  \x1b[32m\x1b[1mVITE\x1b[0m ready in 412 ms',
      '',
      '  \x1b[32m➜\x1b[0m  Local:   http://localhost:5173/',
      '  \x1b[2m➜  Network: use --host to expose\x1b[0m',
      '',
    ],
  },
  { name: 'notes', prints: [] },
]
