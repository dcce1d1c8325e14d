import { readRecords, textField } from './format.ts'
import type { ProcessFacts } from './process.ts'
import type { TmuxIdentity, TmuxPane, TmuxSession, TmuxWindow } from './tree.ts'

/** Name of our hidden session, with a suffix where another dogwatch was there first. */
export const HUB_NAME = '_dogwatch'
const HUB_PATTERN = /^_dogwatch(-[0-9a-f]{8})?$/

/** Whether a session is the hidden one of some dogwatch, ours or another's. */
export function isHub(sessionName: string): boolean {
  return HUB_PATTERN.test(sessionName)
}

const PLAIN = [
  ...['pid', 'start_time', 'version', 'exit-unattached', 'session_id', 'session_created'],
  ...['window_id', 'window_index', 'window_active', 'window_width', 'window_height'],
  ...['window_zoomed_flag', 'pane_id', 'pane_index', 'pane_active', 'pane_width', 'pane_height'],
  ...['pane_tty', 'pane_pid', 'pane_dead', 'alternate_on', 'pane_in_mode', 'window_activity'],
]
const TEXT = ['session_name', 'session_group', 'window_name', 'pane_title']
const RECORD_START = /^\d+ \d+ \S+ \S* \$\d+ \d+ @\d+ /

/**
 * Lists every pane of every session. It asks for no working directory and no program name: tmux
 * reads both from /proc for each pane, which doubles the price of a listing.
 */
export const LIST_PANES: readonly string[] = [
  'list-panes',
  '-a',
  '-F',
  [...PLAIN.map((name) => `#{${name}}`), ...TEXT.map(textField)].join(' '),
]

/** Lists clients: who is attached where. */
export const LIST_CLIENTS: readonly string[] = [
  'list-clients',
  '-F',
  [
    '#{client_pid}',
    '#{session_id}',
    textField('client_name'),
    textField('client_last_session'),
  ].join(' '),
]

export interface TmuxClient {
  pid: number
  /** `$1`; empty for a client that is just leaving. */
  sessionId: string
  /** tmux's name for it, a tty or `client-123`. */
  name: string
  /** Name of the session it showed before, empty where there was none. */
  lastSession: string
}

/** One listing. Panes carry no facts about their processes yet. */
export interface Listing {
  identity: TmuxIdentity
  /** The server ends when nobody is attached (`exit-unattached`): a client of ours would hold it. */
  exitsUnattached: boolean
  /** Sessions of people in the order of their creation, whatever they are called. */
  sessions: TmuxSession[]
  /** Hidden sessions, ours and those of other dogwatch servers. */
  hubs: { id: string; name: string; paneTty: string }[]
  /** Pane id to when its window last printed (epoch milliseconds): all that tmux remembers of it. */
  printedAt: Map<string, number>
}

/** Reads the output of `LIST_PANES` (a byte string). Undefined where it lists nothing at all. */
export function parsePanes(bytes: string): Listing | undefined {
  const records = readRecords(bytes, {
    plain: PLAIN.length,
    text: TEXT.length,
    start: RECORD_START,
  })
  let listing: Listing | undefined
  for (const { plain, text } of records) {
    const word = (name: string) => plain[PLAIN.indexOf(name)] ?? ''
    const number = (name: string) => Number(word(name)) || 0
    const flag = (name: string) => number(name) > 0
    listing ??= {
      identity: { pid: number('pid'), startTime: number('start_time'), version: word('version') },
      exitsUnattached: /^(1|on)$/.test(word('exit-unattached')),
      sessions: [],
      hubs: [],
      printedAt: new Map(),
    }
    const [name = '', group = '', windowName = '', title = ''] = text
    if (isHub(name)) {
      listing.hubs.push({ id: word('session_id'), name, paneTty: word('pane_tty') })
      continue
    }
    const pane: TmuxPane = {
      id: word('pane_id'),
      index: number('pane_index'),
      active: flag('pane_active'),
      cols: number('pane_width'),
      rows: number('pane_height'),
      tty: word('pane_tty'),
      pid: number('pane_pid'),
      command: '',
      argv: [],
      cwd: '',
      title,
      dead: flag('pane_dead'),
      alternate: flag('alternate_on'),
      inMode: flag('pane_in_mode'),
    }
    listing.printedAt.set(pane.id, number('window_activity') * 1_000)
    const session = lastOr(listing.sessions, word('session_id'), (id) => ({
      id,
      name,
      createdAt: number('session_created') * 1_000,
      attached: 0,
      ...(group === '' ? {} : { group }),
      windows: [] as TmuxWindow[],
    }))
    const window = lastOr(
      session.windows,
      word('window_id'),
      (id, index) => ({
        id,
        index,
        name: windowName,
        active: flag('window_active'),
        cols: number('window_width'),
        rows: number('window_height'),
        zoomed: flag('window_zoomed_flag'),
        panes: [] as TmuxPane[],
      }),
      number('window_index'),
    )
    window.panes.push(pane)
  }
  listing?.sessions.sort((a, b) => Number(a.id.slice(1)) - Number(b.id.slice(1)))
  return listing
}

/** Reads the output of `LIST_CLIENTS` (a byte string). */
export function parseClients(bytes: string): TmuxClient[] {
  return readRecords(bytes, { plain: 2, text: 2, start: /^\d+ \$\d* \d+:/ }).map(
    ({ plain: [pid, sessionId = ''], text: [name = '', lastSession = ''] }) => ({
      pid: Number(pid),
      sessionId,
      name,
      lastSession,
    }),
  )
}

/** The last entry where it is the one, else a new one at the end: tmux lists panes in order. */
function lastOr<T extends { id: string; index?: number }>(
  list: T[],
  id: string,
  make: (id: string, index: number) => T,
  index = 0,
): T {
  const last = list.at(-1)
  if (last?.id === id && (last.index ?? 0) === index) return last
  const entry = make(id, index)
  list.push(entry)
  return entry
}

/** Asks tmux what runs in every pane; for panes whose processes we cannot see ourselves. */
export const LIST_FACTS: readonly string[] = [
  'list-panes',
  '-a',
  '-F',
  ['#{pane_id}', textField('pane_current_command'), textField('pane_current_path')].join(' '),
]

/** Reads the output of `LIST_FACTS` (a byte string): pane id to facts. */
export function parseFacts(bytes: string): Map<string, ProcessFacts> {
  const records = readRecords(bytes, { plain: 1, text: 2, start: /^%\d+ \d+:/ })
  return new Map(
    records.map(({ plain: [id = ''], text: [command = '', cwd = ''] }) => [
      id,
      { command, argv: [], cwd },
    ]),
  )
}
