import { expect, test } from 'playwright/test'
import { parseStatus } from '../../../server/core/git-status.ts'

const SHA = 'a'.repeat(40)
const records = (...parts: (string | Buffer)[]) =>
  Buffer.concat(parts.flatMap((part) => [Buffer.from(part), Buffer.from([0])]))

test('a branch with its upstream is read', () => {
  const status = parseStatus(
    records(
      `# branch.oid ${SHA}`,
      '# branch.head feature/a b',
      '# branch.upstream origin/feature',
      '# branch.ab +3 -12',
    ),
  )
  expect(status).toEqual({
    head: SHA,
    branch: 'feature/a b',
    ahead: 3,
    behind: 12,
    staged: 0,
    modified: 0,
    untracked: 0,
    conflicted: [],
  })
})

test('no commit yet, no branch, and an upstream that is gone claim nothing', () => {
  const status = parseStatus(
    records('# branch.oid (initial)', '# branch.head (detached)', '# branch.upstream origin/x'),
  )
  expect(status).toMatchObject({ head: '', branch: '' })
  expect(status.ahead).toBeUndefined()
})

test('changes are counted by side, renames once, and paths may hold anything', () => {
  const mode = '100644 100644 100644'
  const status = parseStatus(
    records(
      `1 M. N... ${mode} ${SHA} ${SHA} staged`,
      `1 .M N... ${mode} ${SHA} ${SHA} modified\nwith ? newline`,
      `1 MM N... ${mode} ${SHA} ${SHA} both`,
      `2 R. N... ${mode} ${SHA} ${SHA} R100 new name`,
      '? old name that looks like an untracked file',
      `u UU N... ${mode} 100644 ${SHA} ${SHA} ${SHA} in conflict`,
      Buffer.from('? bad\xffname', 'latin1'),
      '! ignored',
    ),
  )
  expect(status).toMatchObject({
    staged: 3,
    modified: 2,
    untracked: 1,
    conflicted: ['in conflict'],
  })
})

test('a record that was cut is not counted', () => {
  expect(parseStatus(Buffer.concat([records('? a'), Buffer.from('? half')])).untracked).toBe(1)
  expect(parseStatus(Buffer.alloc(0)).untracked).toBe(0)
})
