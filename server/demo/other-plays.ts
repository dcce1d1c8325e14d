import type { Place } from './play.ts'

/** Has failed: its provider refuses it. */
export const searchIndex: Place = {
  name: 'search-index',
  play: {
    kind: 'codex',
    title: 'Index only what changed',
    steps: [
      { type: 'wait', seconds: 4 },
      { type: 'prompt', text: 'Index only the documents that changed since the last run.' },
      { type: 'say', text: 'Each document gets a hash; equal hashes are skipped.' },
      {
        type: 'run',
        command: 'cargo test',
        output: ['running 31 tests', 'test result: ok. 31 passed; 0 failed'],
      },
      { type: 'fail', text: 'exceeded retry limit, last status: 429 Too Many Requests' },
    ],
  },
}

/** Tries again and again. */
export const perfLab: Place = {
  name: 'perf-lab',
  play: {
    kind: 'copilot',
    title: 'Where the first second goes',
    steps: [
      { type: 'wait', seconds: 4 },
      { type: 'prompt', text: 'Find out where the first second of the start goes.' },
      { type: 'say', text: 'I take a profile of a cold start.' },
      {
        type: 'retry',
        text: 'Request failed due to a transient API error. Retrying...',
      },
    ],
  },
}

/** Has finished: it is the user's turn. */
export const docsSite: Place = {
  name: 'docs-site',
  play: {
    kind: 'gemini',
    title: 'Landing page',
    steps: [
      { type: 'wait', seconds: 4 },
      { type: 'prompt', text: 'Make the landing page shorter. Three sections at most.' },
      { type: 'say', text: 'I keep what it is, how to start, and where to ask.' },
      { type: 'run', command: 'wc -w content/index.md', output: ['412 content/index.md'] },
      { type: 'say', text: 'The landing page has three sections and 412 words, half of before.' },
      { type: 'done' },
    ],
  },
}

/** Waits for its first prompt. */
export const mobileSync: Place = {
  name: 'mobile-sync',
  play: {
    kind: 'opencode',
    title: 'Offline queue',
    earlier: [
      { type: 'prompt', text: 'Explain how the offline queue is emptied.' },
      {
        type: 'say',
        text: 'In order, one request at a time, and each is kept until it is answered.',
      },
      { type: 'done' },
    ],
    steps: [],
  },
}

/** Was interrupted and left; its changes are not committed. */
export const dataImport: Place = {
  name: 'data-import',
  branch: 'streaming-csv',
  files: {
    'import.py': [
      'def rows(path):',
      '    return open(path).read().splitlines()',
      '',
      'def load(path):',
      '    return [parse(row) for row in rows(path)]',
      '',
    ].join('\n'),
  },
  play: {
    kind: 'codex',
    title: 'Read files as streams',
    steps: [
      { type: 'wait', seconds: 4 },
      { type: 'prompt', text: 'Do not read the whole file into memory.' },
      { type: 'say', text: 'I let it yield row by row.' },
      {
        type: 'edit',
        path: 'import.py',
        old: '    return open(path).read().splitlines()',
        now: '    yield from open(path)',
      },
      { type: 'wait', seconds: 2 },
      { type: 'interrupt' },
      { type: 'wait', seconds: 3 },
      { type: 'exit' },
    ],
  },
}
