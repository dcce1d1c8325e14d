import { dirname, join } from 'node:path'
import type { Adapter, Observation, ScreenFacts, Statement } from './adapter.ts'
import { readGeminiEntries } from './gemini-entries.ts'
import {
  readGeminiHead,
  readGeminiHook,
  readGeminiRecord,
  readGeminiSideRecord,
} from './gemini-records.ts'
import { isConversation, keptFlags, programOf, runs, uuidOf } from './program.ts'
import { filledRows, lastBlock, seen, tail, unboxed } from './screen.ts'
import { oneLine } from './words.ts'

const HELPERS = ['mcp', 'extensions', 'extension', 'skills', 'hooks', 'login']

const FLAGS = {
  plain: ['-y', '--yolo', '-s', '--sandbox', '-d', '--debug', '--screen-reader', '--acp'],
  valued: [
    '-m',
    '--model',
    '--approval-mode',
    '--include-directories',
    '--policy',
    '--allowed-tools',
    '--allowed-mcp-server-names',
    '-e',
    '--extensions',
  ],
}

/** Gemini CLI 0.61: the title tells the state; its end hook fires on errors and Esc alike. */
export const gemini: Adapter = {
  kind: 'gemini',
  program: 'gemini',
  name: 'Gemini CLI',
  matches: (process) => runs(process, 'gemini', HELPERS),
  files({ env }) {
    const home = env.GEMINI_CLI_HOME ?? env.HOME
    if (!home) return { live: [] }
    return {
      live: [],
      transcripts: join(home, '.gemini', 'tmp'),
      layout: {
        folders: [/./, /^chats$/],
        holds: (name, id) =>
          name.startsWith('session-') && name.endsWith(`-${id.slice(0, 8)}.jsonl`),
        began: readGeminiHead,
      },
    }
  },
  fromTitle(title, at) {
    const says = titleState(title)
    return says && { source: 'live', at, line: oneLine(title), confidence: 'high', says }
  },
  fromScreen,
  looksLike: (screen) =>
    titleState(screen.title) !== undefined ||
    screen.rows.some((row) => /Type your message or @path\/to\/file|Gemini CLI v\d/.test(row)),
  fromHook: readGeminiHook,
  fromTranscript: readGeminiRecord,
  entries: readGeminiEntries,
  // `<conversation>/<id>.jsonl` beside the chat; that one tells, after the end, which had ended.
  subagents: {
    folders: (transcript, conversation) =>
      conversation && isConversation(conversation) ? [join(dirname(transcript), conversation)] : [],
    idOf: (name) => uuidOf(/^([\da-f-]+)\.jsonl$/.exec(name)?.[1]),
    read: readGeminiSideRecord,
  },
  keys: { interrupt: ['Escape'], approve: ['Enter'], deny: ['Escape'], submit: ['Enter'] },
  resumes(process) {
    const { args } = programOf(process)
    const at = args.findIndex((word) => /^(-r|--resume)$/.test(word))
    return at < 0 ? undefined : uuidOf(args[at + 1])
  },
  resume: (conversation, argv) =>
    isConversation(conversation)
      ? [
          'gemini',
          ...keptFlags(programOf({ argv, command: 'gemini' }).args, FLAGS),
          '--resume',
          conversation,
        ]
      : [],
  patience: { hookMs: 5_000, silenceMs: 5_000 },
}

/** `◇  Ready (dir)`, `✦  Working… (dir)` (or its current thought), `✋  Action Required (dir)`. */
function titleState(title: string): Statement | undefined {
  if (/^✋ +Action Required\b/u.test(title))
    return { type: 'asking', ask: { kind: 'permission', text: '' } }
  if (/^[✦⏲]\ufe0f? +\S/u.test(title)) return { type: 'working' }
  return /^◇ +Ready\b/u.test(title) ? { type: 'idle' } : undefined
}

function fromScreen(screen: ScreenFacts): Observation | undefined {
  const rows = filledRows(screen)
  return dialog(rows, screen) ?? prompt(rows, screen)
}

/** A drawn box at the very bottom with options in it; the input box is gone then. */
function dialog(rows: readonly string[], screen: ScreenFacts): Observation | undefined {
  const restarts = /Gemini CLI is restarting/.test(rows.at(-1) ?? '')
  const bottom = restarts ? -1 : rows.length - 1
  if (!/^ ?╰─+╯$/.test(rows[bottom] ?? '')) return undefined
  const top = rows.findLastIndex((row) => /^ ?╭─+╮$/.test(row))
  const box = rows
    .slice(top + 1, bottom)
    .map(unboxed)
    .filter((row) => row.trim() !== '')
  const option = box.findIndex((row) => /^\s*● +\d+\. /.test(row))
  if (top < 0 || option < 0) return undefined
  const asked = (box.slice(0, option).findLast((row) => /\?$/.test(row)) ?? '').trim()
  const line = box[option] ?? ''
  if (/trust the files|authenticate/i.test(box.slice(0, option).join(' ')))
    return seen(screen, asked || line, {
      type: 'asking',
      ask: { kind: 'startup', text: asked || (box[0]?.trim() ?? ''), dialog: box },
    })
  if (/Enter to select · .*Esc to cancel$/.test(tail(box, 3)))
    return seen(screen, line, {
      type: 'asking',
      ask: { kind: 'question', text: asked, tool: 'ask_user', dialog: box },
    })
  // `? Shell  touch x`: the tool and what it would do.
  const [, tool, detail] = /^\s*\? (\S+) +(.*)$/.exec(box[0] ?? '') ?? []
  if (!/^(Allow|Apply|Do you want|Proceed)\b/.test(asked) && tool === undefined) return undefined
  return seen(screen, asked || line, {
    type: 'asking',
    ask: {
      kind: 'permission',
      text: detail?.trim() || asked,
      ...(tool ? { tool } : {}),
      dialog: box,
    },
  })
}

/** Notes and errors start in the first column, as the model's own mark does. */
const BLOCK = /^[✦✕ℹ⚠]/u

function prompt(rows: readonly string[], screen: ScreenFacts): Observation | undefined {
  const top = rows.findLastIndex((row) => /^─{3,}$/.test(row))
  const below = rows.slice(top + 1)
  const isBox = below.slice(0, 4).some((row) => /^ [>*!] {0,3}/.test(row))
  if (top < 0 || !isBox || below.length > 12) return undefined
  const status = rows[top - 1] ?? ''
  const spins = /^ [\u2800-\u28ff] .*\(esc to cancel(, [\dhms ]+)?\)/.test(status)
  const title = titleState(screen.title)
  const isBusy = title === undefined ? spins : title.type === 'working'
  if (isBusy) return seen(screen, spins ? status : screen.title, { type: 'working' })
  // While a hook runs the spinner's row is another one, so rows alone do not prove idleness well.
  const talk = rows.slice(Math.max(0, top - 10), top)
  const prompted = talk.findLastIndex((row) => /^ > /.test(row))
  const last = talk.slice(prompted + 1)
  const error = lastBlock(last, /^✕/)
  const words = last.findLastIndex((row) => /^✦/u.test(row))
  const isAfterWords = last.findLastIndex((row) => /^✕ \[API Error/.test(row)) > words
  if (isAfterWords) return seen(screen, error, { type: 'failed' })
  if (/^ℹ Request cancelled\./.test(lastBlock(last, BLOCK)))
    return seen(screen, lastBlock(last, BLOCK), { type: 'idle', end: 'interrupted' })
  const line = title ? screen.title : (below[0] ?? '')
  return seen(screen, line, { type: 'idle' }, title ? 'medium' : 'low')
}
