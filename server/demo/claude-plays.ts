import type { Place, Step } from './play.ts'

const TESTS = [
  ' ✓ src/clock.test.ts (6 tests) 12 ms',
  ' ✓ src/token.test.ts (18 tests) 94 ms',
  ' ✓ src/session.test.ts (23 tests) 131 ms',
  ' Test Files  3 passed (3)',
  '      Tests  47 passed (47)',
]

/** Asks for a permission. */
export const billingApi: Place = {
  name: 'billing-api',
  branch: 'refund-rates',
  files: {
    'src/refund.ts': [
      'export function refund(amount: number, rate: number): number {',
      '  return Math.round(amount * rate * 100) / 100',
      '}',
      '',
    ].join('\n'),
    'migrations/0042_refund_rate.sql': 'ALTER TABLE refund ADD COLUMN rate numeric(12, 6);\n',
  },
  play: {
    kind: 'claude',
    title: 'Refunds keep their rate',
    earlier: [
      { type: 'prompt', text: 'A refund in another currency is off by a cent. Find out why.' },
      {
        type: 'say',
        text: 'The rate is looked up again when the refund is made, so it differs from the one the customer paid. I will read the code that rounds.',
      },
      {
        type: 'run',
        command: 'grep -rn "rate" src/',
        output: [
          'src/refund.ts:1:export function refund(amount: number, rate: number): number {',
          'src/refund.ts:2:  return Math.round(amount * rate * 100) / 100',
        ],
      },
      {
        type: 'say',
        text: 'Found it. The payment has to keep its rate:\n\n1. add a column rate to refund\n2. fill it when the payment is taken\n3. use it here instead of the rate of the day',
      },
      { type: 'done' },
    ],
    steps: [
      { type: 'wait', seconds: 4 },
      { type: 'prompt', text: 'Good. Do all three, with a migration for staging first.' },
      { type: 'say', text: 'The migration is written. It has to run on staging before I go on.' },
      {
        type: 'permission',
        command: 'npm run migrate -- --env staging',
        why: 'Add the column refund.rate on staging',
        output: ['> migrate', 'applied 0042_refund_rate.sql (84 ms)'],
      },
      { type: 'edit', path: 'src/refund.ts', old: 'amount * rate', now: 'amount * paidRate' },
      { type: 'say', text: 'Staging has the column, and refunds use the rate that was paid.' },
      { type: 'done' },
    ],
  },
}

const moreAuth: Step[] = [
  { type: 'prompt', text: 'Let sessions end by the injected clock, not by Date.now().' },
  { type: 'say', text: 'I look at where the time is read.' },
  {
    type: 'run',
    command: 'grep -rn "Date.now" src/',
    output: ['src/session.ts:4:  const expires = Date.now() + LIFETIME_MS'],
  },
  {
    type: 'edit',
    path: 'src/session.ts',
    old: 'const expires = Date.now() + LIFETIME_MS',
    now: 'const expires = clock.now() + LIFETIME_MS',
  },
  { type: 'run', command: 'npm test', output: TESTS },
  { type: 'say', text: 'Sessions end by the clock that they are given. All 47 tests pass.' },
  { type: 'done' },
  { type: 'wait', seconds: 8 },
  { type: 'prompt', text: 'Now the same for tokens, and name the lifetime.' },
  {
    type: 'edit',
    path: 'src/token.ts',
    old: 'issuedAt + 3600000',
    now: 'issuedAt + TOKEN_LIFETIME_MS',
  },
  { type: 'run', command: 'npm test', output: TESTS },
  { type: 'run', command: 'npm run lint', output: ['checked 214 files in 812 ms', 'no problems'] },
  { type: 'say', text: 'Tokens have a named lifetime, and nothing reads the wall clock any more.' },
  { type: 'done' },
  { type: 'wait', seconds: 12 },
  { type: 'restore' },
]

/** Works, turn after turn, and leaves changes behind. */
export const authRefactor: Place = {
  name: 'auth-refactor',
  branch: 'injected-clock',
  files: {
    'src/session.ts': [
      "import { LIFETIME_MS } from './limits'",
      '',
      'export function openSession(user: User, clock: Clock): Session {',
      '  const expires = Date.now() + LIFETIME_MS',
      '  return { user, expires }',
      '}',
      '',
    ].join('\n'),
    'src/token.ts': [
      'export function isFresh(token: Token, now: number): boolean {',
      '  return now < token.issuedAt + 3600000',
      '}',
      '',
    ].join('\n'),
    'README.md': '# auth\n\nSessions and tokens.\n',
  },
  play: {
    kind: 'claude',
    title: 'Sessions end by an injected clock',
    earlier: [
      { type: 'prompt', text: 'Why do the session tests fail after midnight?' },
      { type: 'say', text: 'They compare with the wall clock. An injected clock would cure that.' },
      { type: 'done' },
    ],
    steps: [{ type: 'wait', seconds: 4 }],
    again: moreAuth,
  },
}

/** Asks a question. */
export const checkoutUi: Place = {
  name: 'checkout-ui',
  play: {
    kind: 'claude',
    title: 'Currency picker',
    steps: [
      { type: 'wait', seconds: 4 },
      { type: 'prompt', text: 'Add a currency picker to the checkout.' },
      { type: 'say', text: 'Three places could hold it. One thing I cannot decide for you.' },
      {
        type: 'question',
        header: 'Currency',
        text: 'Which currency should be chosen when a customer comes for the first time?',
        options: ['The one of the shop', 'The one of the browser language', 'None: ask first'],
      },
      { type: 'say', text: 'The picker is in, with that as its first choice.' },
      { type: 'done' },
    ],
  },
}

/** Is cut off in the middle of a turn. */
export const infra: Place = {
  name: 'infra',
  play: {
    kind: 'claude',
    title: 'Move state to the new bucket',
    steps: [
      { type: 'wait', seconds: 4 },
      { type: 'prompt', text: 'Plan the move of the state files to the new bucket.' },
      { type: 'say', text: 'I list what is there and what reads it.' },
      {
        type: 'run',
        command: 'terraform state list',
        output: ['module.network.vpc', 'module.network.subnet[0]', 'module.database.primary'],
      },
      { type: 'wait', seconds: 2 },
      { type: 'die' },
    ],
  },
}
