/** What `git status --porcelain=v2 --branch -z` prints, read (git-status(1)). */
export interface GitStatus {
  /** Full object id; empty before the first commit. */
  head: string
  /** Empty where HEAD is detached. */
  branch: string
  /** Against the upstream; absent where there is none, or where its branch is gone. */
  ahead?: number
  behind?: number
  staged: number
  modified: number
  untracked: number
  /** Paths with both sides' changes in them. */
  conflicted: string[]
}

const NONE: GitStatus = {
  head: '',
  branch: '',
  staged: 0,
  modified: 0,
  untracked: 0,
  conflicted: [],
}

/** Reads the records that are whole; paths that are not UTF-8 come with replacement characters. */
export function parseStatus(output: Buffer): GitStatus {
  const status = { ...NONE, conflicted: [] as string[] }
  // The last part is empty, or a record that was cut.
  const records = output.toString('utf8').split('\0').slice(0, -1)
  for (let at = 0; at < records.length; at++) {
    const record = records[at] ?? ''
    switch (record[0]) {
      case '#':
        readHeader(record, status)
        break
      case '2':
        // A rename: its old path is a record of its own.
        at += 1
        countChange(record, status)
        break
      case '1':
        countChange(record, status)
        break
      case 'u':
        status.conflicted.push(record.split(' ').slice(10).join(' '))
        break
      case '?':
        status.untracked += 1
        break
    }
  }
  return status
}

function readHeader(record: string, status: GitStatus): void {
  const [, name, value = ''] = /^# branch\.(\S+) (.*)$/s.exec(record) ?? []
  if (name === 'oid' && value !== '(initial)') status.head = value
  if (name === 'head' && value !== '(detached)') status.branch = value
  const [, ahead, behind] = /^\+(\d+) -(\d+)$/.exec(name === 'ab' ? value : '') ?? []
  if (ahead === undefined || behind === undefined) return
  status.ahead = Number(ahead)
  status.behind = Number(behind)
}

/** `1 XY ...`: X is the index against HEAD, Y the worktree against the index. */
function countChange(record: string, status: GitStatus): void {
  if (record[2] !== '.') status.staged += 1
  if (record[3] !== '.') status.modified += 1
}
