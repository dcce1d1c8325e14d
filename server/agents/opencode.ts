import { join } from 'node:path'
import type { Adapter, Observation, ScreenFacts } from './adapter.ts'
import { readOpencodeEvent } from './opencode-events.ts'
import { isConversation, keptFlags, programOf, runs } from './program.ts'
import { filledRows, seen, tail, unboxed } from './screen.ts'
import { oneLine, titleOf } from './words.ts'

/** Subcommands that serve others or end at once. */
const HELPERS = [
  'serve',
  'web',
  'acp',
  'mcp',
  'auth',
  'agent',
  'models',
  'stats',
  'export',
  'import',
  'upgrade',
  'uninstall',
  'github',
  'debug',
  'session',
  'db',
]

const FLAGS = {
  plain: ['--print-logs', '--pure', '--mdns'],
  valued: ['-m', '--model', '--agent', '--log-level', '--port', '--hostname'],
}

/**
 * opencode 1.18: its events come through a plugin; without it its database, title and screen tell.
 * Subagents are sessions with a parent, in the events as in the database.
 */
export const opencode: Adapter = {
  kind: 'opencode',
  program: 'opencode',
  name: 'opencode',
  matches: (process) => runs(process, 'opencode', HELPERS),
  files({ env }) {
    const data = env.XDG_DATA_HOME ?? (env.HOME ? join(env.HOME, '.local', 'share') : undefined)
    return data === undefined
      ? { live: [] }
      : { live: [], store: join(data, 'opencode', 'opencode.db') }
  },
  fromTitle(title, at) {
    const [, thread] = /^OC \| (.+)$/.exec(title) ?? []
    const name = titleOf(thread)
    if (name === undefined) return undefined
    const facts = { title: name, titleIsChosen: true }
    return { source: 'live', at, line: oneLine(title), confidence: 'high', facts }
  },
  fromScreen,
  looksLike: (screen) =>
    /^(OpenCode|OC \| .*)$/.test(screen.title) || /ctrl\+p commands/.test(tail(screen.rows, 3)),
  fromHook: readOpencodeEvent,
  keys: {
    interrupt: ['Escape', 'Escape'],
    approve: ['Enter'],
    deny: ['Escape'],
    submit: ['Enter'],
  },
  resume: (conversation, argv) =>
    isConversation(conversation)
      ? [
          'opencode',
          ...keptFlags(programOf({ argv, command: 'opencode' }).args, FLAGS),
          '--session',
          conversation,
        ]
      : [],
  // Its database knows that it works, not that it asks, nor that the user refused.
  patience: { hookMs: 5_000, silenceMs: 5_000, dialogMs: 0, transcriptMs: 1_500, dyingMs: 5_000 },
}

function fromScreen(screen: ScreenFacts): Observation | undefined {
  const rows = filledRows(screen)
  return dialog(rows, screen) ?? footer(rows, screen)
}

/** The lower edge of the input box. */
const INPUT_EDGE = /^\s*╹▀{10,}/

/**
 * A dialog is drawn behind a bar at the left edge in the place of the input box, and ends with its
 * own key help. In a wide pane other things stand at the right of its rows and below it.
 */
function dialog(rows: readonly string[], screen: ScreenFacts): Observation | undefined {
  if (rows.slice(-6).some((row) => INPUT_EDGE.test(row))) return undefined
  const bottom = rows.findLastIndex((row) => /^\s*┃ *\S/.test(row))
  if (bottom < 0 || bottom < rows.length - 4) return undefined
  const end = rows
    .slice(Math.max(0, bottom - 2), bottom + 1)
    .map((row) => unboxed(row).trim())
    .join(' ')
  const line = unboxed(rows[bottom] ?? '').trim()
  if (/\bAllow once +Allow always +Reject\b/.test(end)) {
    const head = rows.findLastIndex((row) => /^\s*┃ +△ Permission required/.test(row))
    const body = rows
      .slice(head + 1, bottom)
      .map((row) => unboxed(row).trim())
      // A narrow pane has the buttons on a row above that of their keys.
      .filter((row) => row !== '' && !/^Allow once +Allow always\b/.test(row))
    const [title = '', ...detail] = body
    const isCommand = /^\$ /.test(detail[0] ?? '')
    const what = title.replace(/^[#←→✱%] +/, '')
    return seen(screen, line, {
      type: 'asking',
      ask: {
        kind: 'permission',
        text: isCommand ? detail.join(' ').slice(2) : what,
        tool: isCommand ? 'bash' : (what.split(' ')[0] ?? ''),
        dialog: [...body, 'Allow once   Allow always   Reject'],
      },
    })
  }
  if (!/\benter (submit|confirm|toggle|next) +esc dismiss\b/.test(end)) return undefined
  const option = rows.findIndex((row, at) => at > bottom - 24 && /^\s*┃ +1\. /.test(row))
  const text =
    rows.slice(0, Math.max(0, option)).findLast((row) => unboxed(row).trim() !== '') ?? ''
  return seen(screen, line, {
    type: 'asking',
    ask: {
      kind: 'question',
      text: unboxed(text).trim(),
      tool: 'question',
      dialog: rows.slice(Math.max(0, option), bottom + 1).map((row) => unboxed(row).trim()),
    },
  })
}

function footer(rows: readonly string[], screen: ScreenFacts): Observation | undefined {
  // The last row below the input box; on the start page the version stands one row deeper.
  const box = rows.findLastIndex((row) => INPUT_EDGE.test(row))
  const below = rows.slice(box + 1)
  if (box < 0 || below.length === 0 || below.length > 4) return undefined
  const line = tail(below, 4)
  const usage = contextOf(line)
  const say = (says: Observation['says'], confidence?: Observation['confidence']) =>
    says && { ...seen(screen, line, says, confidence), ...(usage ? { facts: { usage } } : {}) }
  if (/\[retrying\b/.test(line)) return say({ type: 'retrying' })
  if (/\besc (interrupt|again to interrupt)\b/.test(line)) return say({ type: 'working' })
  // A narrow pane breaks the hint into two columns' halves: `(12ctrl+p  .../work  commands`.
  if (!/ctrl\+p (.* )?commands\b/.test(line)) return undefined
  const mark = rows.slice(0, box).findLast((row) => /^ {5}▣ /.test(row)) ?? ''
  return / · interrupted$/.test(mark)
    ? say({ type: 'idle', end: 'interrupted' })
    : say({ type: 'idle' })
}

/** `24.5K (12%)`: what the conversation holds and how much of the model's window that is. */
function contextOf(line: string): { contextUsed: number; contextSize: number } | undefined {
  const [, number, unit = '', percent] = /\b([\d.]+)([KM]?) \((\d+)%\)/.exec(line) ?? []
  const used = Number(number) * ({ K: 1e3, M: 1e6 }[unit] ?? 1)
  if (!(used > 0) || !(Number(percent) > 0)) return undefined
  return {
    contextUsed: Math.round(used),
    contextSize: Math.round((used / Number(percent)) * 100),
  }
}
