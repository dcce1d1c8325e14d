import { expect, test } from 'playwright/test'
import type { EntryPart, ResultPart } from '../../../server/agents/entry.ts'
import { cuesOf, type Deed, deedsOf, followCues, NO_CUES } from '../../../server/core/cues.ts'

/** `edit`, `npm test`, `npm test!` (failed), `edit?` (never ended). */
function after(...steps: string[]) {
  const parts = steps.flatMap((step, index): EntryPart[] => {
    const call = `call${index}`
    const doing = step.replace(/[!?]$/, '')
    const isEdit = doing === 'edit'
    const command = isEdit ? {} : { command: doing }
    const begun: EntryPart = {
      ...{ type: 'call', call, at: 0, summary: '', input: '' },
      name: isEdit ? 'Edit' : 'Bash',
      ...command,
    }
    const status: ResultPart['status'] = step.endsWith('!') ? 'failed' : 'done'
    const over: EntryPart = { type: 'result', call, at: 0, output: '', status }
    return step.endsWith('?') ? [begun] : [begun, over]
  })
  return cuesOf(
    parts.reduce((state, part) => followCues(state, [part]), NO_CUES),
    'dirty',
  )
}

const SEQUENCES: [string[], string[]][] = [
  [[], []],
  [['npm test'], []],
  [['edit'], ['unvalidated']],
  [['edit', 'ls'], ['unvalidated']],
  [['edit', 'npm test'], ['uncommitted']],
  [['edit', 'npm test!'], ['unvalidated']],
  [['edit', 'npm test?'], ['unvalidated']],
  [['npm test', 'edit'], ['unvalidated']],
  [['edit', 'npm test', 'edit'], ['unvalidated']],
  [['edit', 'npm test', 'npm test!'], ['uncommitted']],
  [['edit', 'npm test', 'git status'], ['uncommitted']],
  [['edit', 'npm test', 'git commit -m x'], []],
  [['edit', 'npm test', 'git commit -m x!'], ['uncommitted']],
  [['edit', 'git commit -am x'], []],
  [['edit', 'npm test && git commit -m x'], []],
  [['edit', 'npm test', 'git commit -m x', 'edit'], ['unvalidated']],
  [['edit!'], []],
  [['edit?'], []],
]

for (const [steps, cues] of SEQUENCES) {
  test(`${steps.join(', ') || 'nothing'}: ${cues.join() || 'no cue'}`, () => {
    expect(after(...steps)).toEqual(cues)
  })
}

test('where git knows that nothing is left, there is no cue; where it does not know, there is', () => {
  const state = { ...NO_CUES, edited: true }
  expect(cuesOf(state, 'clean')).toEqual([])
  expect(cuesOf(state, 'unknown')).toEqual(['unvalidated'])
  expect(cuesOf(state, undefined)).toEqual(['unvalidated'])
})

test('calls that never end are forgotten', () => {
  let state = NO_CUES
  for (let n = 0; n < 1_000; n++) {
    const call = {
      type: 'call',
      call: `${n}`,
      at: 0,
      name: 'Edit',
      summary: '',
      input: '',
    } as const
    state = followCues(state, [call])
  }
  expect(state.open.size).toBe(50)
  expect(state.open.has('999')).toBe(true)
})

const DEEDS: [string, Deed[]][] = [
  ['npm run test:unit -- --watch=false', ['validate']],
  ['cd web && CI=1 pnpm lint', ['validate']],
  ['npx tsc --noEmit 2>&1 | tail -5', ['validate']],
  ['./node_modules/.bin/vitest run', ['validate']],
  ['.venv/bin/python -m pytest -x', ['validate']],
  ['uv run pytest', ['validate']],
  ['go test ./...', ['validate']],
  ['cargo +nightly clippy', ['validate']],
  ['make -j4 check', ['validate']],
  ['make', ['validate']],
  ['./gradlew :app:test', ['validate']],
  ['timeout 60 npm test', ['validate']],
  ['sed -i s/a/b/ file', ['edit']],
  ['sed -n 1,20p file', []],
  ['git commit -m "run npm test"', ['commit']],
  ['git -C /repo -c user.name=x commit -m y', ['commit']],
  ['git commit --dry-run', []],
  ['git log --grep commit', []],
  ['git commit-graph verify', []],
  ['npm install', []],
  ['cat test.txt', []],
  ['echo npm test', []],
  ['make install', []],
  ['ls tests', []],
]

for (const [command, deeds] of DEEDS) {
  test(`${command}: ${deeds.join() || 'nothing'}`, () => {
    expect(deedsOf('Bash', command)).toEqual(deeds)
  })
}

test('the tools of every kind that write files', () => {
  for (const name of [
    'Edit',
    'Write',
    'MultiEdit',
    'apply_patch',
    'create',
    'write_file',
    'replace',
  ])
    expect(deedsOf(name, undefined), name).toEqual(['edit'])
  for (const name of ['Read', 'Grep', 'view', 'TodoWrite', 'read_file', 'Task'])
    expect(deedsOf(name, undefined), name).toEqual([])
})

test('a command of megabytes takes no time worth naming', () => {
  const long = `npm ${'run '.repeat(500_000)}`
  expect(deedsOf('Bash', long)).toEqual([])
  expect(deedsOf('Bash', `git ${'-c a=b '.repeat(100_000)}commit`)).toEqual([])
})
