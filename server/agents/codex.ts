import { basename, dirname, join } from 'node:path'
import type { Adapter, Observation, ScreenFacts, Statement } from './adapter.ts'
import { readCodexEntries } from './codex-entries.ts'
import {
  isCodexSide,
  readCodexHead,
  readCodexHook,
  readCodexRecord,
  readCodexSideRecord,
} from './codex-records.ts'
import { childOf, parseObject, textOf } from './json.ts'
import { isConversation, keptFlags, programOf, runs, uuidOf } from './program.ts'
import { filledRows, firstQuestion, lastBlock, seen, tail } from './screen.ts'
import { oneLine, titleOf } from './words.ts'

/** Subcommands that serve other programs or end at once. */
const HELPERS = [
  'mcp-server',
  'app-server',
  'exec-server',
  'mcp',
  'login',
  'logout',
  'completion',
  'sandbox',
  'debug',
  'proto',
  'responses-api-proxy',
  'features',
]

const FLAGS = {
  plain: [
    '--full-auto',
    '--oss',
    '--search',
    '--no-alt-screen',
    '--dangerously-bypass-approvals-and-sandbox',
    '--dangerously-bypass-hook-trust',
    '--yolo',
  ],
  valued: [
    '-m',
    '--model',
    '-c',
    '--config',
    '-p',
    '--profile',
    '-s',
    '--sandbox',
    '-a',
    '--ask-for-approval',
    '-C',
    '--cd',
    '--add-dir',
    '--local-provider',
    '--enable',
    '--disable',
  ],
}

const SPINNER = /^[\u2800-\u28ff] /

/** Codex CLI 0.169: the title spins while it works; the rollout file tells how turns end. */
export const codex: Adapter = {
  kind: 'codex',
  program: 'codex',
  name: 'Codex',
  matches: (process) => runs(process, 'codex', HELPERS),
  files({ env }) {
    const root = env.CODEX_HOME ?? (env.HOME ? join(env.HOME, '.codex') : undefined)
    if (root === undefined) return { live: [] }
    return {
      live: [],
      transcripts: join(root, 'sessions'),
      binding: { type: 'open-file', name: /^rollout-.*\.jsonl$/ },
      // Where its daemon holds the file there is nothing but folder and time.
      layout: {
        folders: [/^\d{4}$/, /^\d\d$/, /^\d\d$/],
        dated: true,
        holds: (name, id) => name.startsWith('rollout-') && name.endsWith(`-${id}.jsonl`),
        began: readCodexHead,
      },
    }
  },
  fromTitle(title, at, before = '') {
    const state = titleState(title)
    const name = threadOf(title)
    const hasStopped = titleState(before) !== undefined && withoutState(before) === title
    if (!state && !name && !hasStopped) return undefined
    const evidence = { source: 'live' as const, at, line: oneLine(title) }
    const facts = name === undefined ? {} : { facts: { title: name, titleIsChosen: true } }
    return state
      ? { ...evidence, confidence: 'high', says: state, ...facts }
      : { ...evidence, confidence: 'medium', says: { type: 'idle' }, ...facts }
  },
  fromScreen,
  looksLike: (screen) =>
    screen.rows.some((row) => /OpenAI Codex \(v\d|^› Ask Codex to do anything/.test(row)) ||
    /^\[ [.!] \] Action Required/.test(screen.title),
  fromHook: readCodexHook,
  fromTranscript: readCodexRecord,
  entries: readCodexEntries,
  // Rollouts of their own in the folder of the day on which each began: one may run over midnight,
  // or begin right before it and be looked for after.
  subagents: {
    folders(transcript, _, now) {
      const sessions = join(dirname(transcript), '..', '..', '..')
      const days = [dayOf(now), dayOf(now, -1)].map((day) => join(sessions, day))
      return [...new Set([dirname(transcript), ...days])]
    },
    idOf: (name) => uuidOf(/^rollout-.*-([\da-f]{8}(?:-[\da-f]+){4})\.jsonl$/.exec(name)?.[1]),
    isOf: isCodexSide,
    read: readCodexSideRecord,
  },
  isTerminal(line) {
    const type = textOf(childOf(parseObject(line), 'payload')?.type) ?? ''
    return /^(task_complete|turn_aborted|shutdown_complete)$/.test(type)
  },
  keys: { interrupt: ['Escape'], approve: ['Enter'], deny: ['Escape'], submit: ['Enter'] },
  resumes(process) {
    const [word, id] = programOf(process).args
    return word === 'resume' ? uuidOf(id) : undefined
  },
  resume: (conversation, argv) =>
    isConversation(conversation)
      ? [
          'codex',
          'resume',
          conversation,
          ...keptFlags(programOf({ argv, command: 'codex' }).args, FLAGS),
        ]
      : [],
  // Its title spins while it meets its daemon, two or three seconds.
  patience: { hookMs: 5_000, silenceMs: 5_000, startMs: 6_000 },
}

/** `2026/11/20`, in the time zone of this machine, by which Codex files its rollouts. */
function dayOf(now: number, later = 0): string {
  const date = new Date(now)
  // By the calendar, because not every day has 24 hours.
  date.setDate(date.getDate() + later)
  const two = (number: number) => `${number}`.padStart(2, '0')
  return join(`${date.getFullYear()}`, two(date.getMonth() + 1), two(date.getDate()))
}

/** `⠦ thread | folder` works, `[ ! ] Action Required | ...` asks (the sign blinks). */
function titleState(title: string): Statement | undefined {
  if (/^\[ [.!] \] Action Required/.test(title))
    return { type: 'asking', ask: { kind: 'permission', text: '' } }
  return SPINNER.test(title) ? { type: 'working' } : undefined
}

function withoutState(title: string): string {
  return title.replace(SPINNER, '').replace(/^\[ [.!] \] Action Required \| /, '')
}

/**
 * The thread's name: all but the folder at the end. A title of one part alone is the folder, or
 * what the shell left there, and proves nothing.
 */
function threadOf(title: string): string | undefined {
  const parts = title.replace(SPINNER, '').split(' | ')
  if (/^\[ [.!] \] Action Required$/.test(parts[0] ?? '')) parts.shift()
  return parts.length > 1 ? titleOf(parts.slice(0, -1).join(' | ')) : undefined
}

/**
 * Codex shows nothing on the screen while text streams, so its rows prove dialogs, errors and
 * retries, and idleness only together with a title of its own that does not spin.
 */
function fromScreen(screen: ScreenFacts): Observation | undefined {
  const rows = filledRows(screen)
  return dialog(rows, screen) ?? composer(rows, screen)
}

const QUESTION = /^ {2}(Would you like to|Do you want to|Do you trust|Allow)\b.*/

function dialog(rows: readonly string[], screen: ScreenFacts): Observation | undefined {
  const end = tail(rows, 3)
  const option = rows.findLastIndex((row) => /^› \d+\. /.test(row))
  if (option < 0) return undefined
  // Older versions: `Press enter to continue`.
  if (/(^| )enter (continue|confirm) · esc (back|skip)$|Press enter to continue$/.test(end)) {
    const from = Math.max(
      0,
      rows.slice(0, option).findLastIndex((row) => row.includes('?')),
    )
    return seen(screen, rows.at(-1) ?? end, {
      type: 'asking',
      ask: { kind: 'startup', text: firstQuestion(rows[from] ?? ''), dialog: rows.slice(from) },
    })
  }
  if (!/Press enter to confirm or esc to (cancel|go back)$/.test(end)) return undefined
  const asked = rows.slice(0, option).findLastIndex((row) => QUESTION.test(row))
  const body = asked < 0 ? [] : rows.slice(asked + 1, option)
  const command = body.findIndex((row) => /^ {2}\$ /.test(row))
  const detail = command < 0 ? [] : body.slice(command)
  const text = detail.map((row) => row.trim()).join(' ')
  return seen(screen, rows.at(-1) ?? end, {
    type: 'asking',
    ask: {
      kind: 'permission',
      text: text === '' ? (rows[asked]?.trim() ?? '') : text.slice(2),
      ...(text === '' ? {} : { tool: 'Bash' }),
      dialog: rows.slice(asked < 0 ? option : asked),
    },
  })
}

/** Whether a title is the name of the folder that the footer ends with: Codex without a thread. */
function isFolder(title: string, footer: string): boolean {
  const folders = footer.match(/[/~]\S*/g) ?? []
  return title !== '' && folders.some((folder) => basename(folder) === title)
}

/** Every block of the talk starts with a sign in the first column; a narrow pane wraps below it. */
const BLOCK = /^[^\s\p{L}\p{N}]/u

function composer(rows: readonly string[], screen: ScreenFacts): Observation | undefined {
  const box = rows.findLastIndex((row) => /^›( |$)/.test(row))
  const below = rows.slice(box + 1)
  // Below the box stand a few indented rows: model and folder, hints.
  if (box < 0 || below.length === 0 || below.some((row) => !row.startsWith('  '))) return undefined
  const footer = rows.at(-1) ?? ''
  const block = lastBlock(rows.slice(Math.max(0, box - 8), box), BLOCK)
  const spins = titleState(screen.title)?.type === 'working'
  const isOwnTitle =
    spins || threadOf(screen.title) !== undefined || isFolder(screen.title, tail(below, 3))
  // The model's own text starts with the same bullet, so a title that does not spin overrules it.
  if (spins || !isOwnTitle) {
    if (/^[•◦] Reconnecting\.\.\. .*\besc to interrupt\)/.test(block))
      return seen(screen, block, { type: 'retrying' })
    if (/^[•◦] .*\(\d+[ms].*\besc to interrupt\)/.test(block))
      return seen(screen, block, { type: 'working' })
  }
  const isFresh = !rows.slice(0, box).some((row) => /^[›•■]/.test(row))
  const isDone = / Worked for [<\dhms ]+ • \d\d?:\d\d( [AP]M)?$/.test(rows[box - 1] ?? '')
  const hasStopped = /^■ /.test(block)
  // Its title spins also while it meets its daemon: before any prompt, or below turns of an earlier
  // run, which all show how they ended, that is no work.
  if (spins && (isFresh || isDone || hasStopped))
    return seen(screen, footer, { type: 'idle' }, 'low')
  if (spins) return seen(screen, screen.title, { type: 'working' })
  if (/^■ Conversation interrupted/.test(block))
    return seen(screen, block, { type: 'idle', end: 'interrupted' })
  if (hasStopped) return seen(screen, block, { type: 'failed' })
  if (isOwnTitle) return seen(screen, footer, { type: 'idle' })
  return isFresh || isDone ? seen(screen, footer, { type: 'idle' }, 'low') : undefined
}
