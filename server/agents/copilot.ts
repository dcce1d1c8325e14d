import { join } from 'node:path'
import type { Adapter, Observation, ScreenFacts } from './adapter.ts'
import { readCopilotEntries } from './copilot-entries.ts'
import { readCopilotHook, readCopilotRecord } from './copilot-records.ts'
import { parseObject } from './json.ts'
import { isConversation, keptFlags, programOf, runs, uuidOf } from './program.ts'
import { filledRows, inputBox, lastBlock, seen, tail, unboxed } from './screen.ts'
import { oneLine, titleOf } from './words.ts'

const HELPERS = ['help', 'login', 'mcp', 'plugin', 'update', 'version', 'init', 'completion']

const FLAGS = {
  plain: [
    '--allow-all-tools',
    '--allow-all-paths',
    '--allow-all-urls',
    '--allow-all',
    '--yolo',
    '--no-custom-instructions',
    '--banner',
    '--no-color',
    '--experimental',
    '--autopilot',
  ],
  valued: [
    '--model',
    '--agent',
    '--add-dir',
    '--allow-tool',
    '--deny-tool',
    '--allow-url',
    '--deny-url',
    '--additional-mcp-config',
    '--disable-mcp-server',
    '--log-level',
    '--effort',
    '--reasoning-effort',
  ],
}

/**
 * Copilot CLI 1.0: its event log tells everything as it happens, what its subagents do too; hooks
 * add speed.
 */
export const copilot: Adapter = {
  kind: 'copilot',
  program: 'copilot',
  name: 'Copilot',
  matches: (process) => runs(process, 'copilot', HELPERS),
  files({ pid, env }) {
    const root = env.COPILOT_HOME ?? (env.HOME ? join(env.HOME, '.copilot') : undefined)
    if (root === undefined) return { live: [] }
    return {
      // open-sessions-state.json names no process, and newer versions stop refreshing it.
      live: [],
      transcripts: join(root, 'session-state'),
      binding: {
        type: 'claim',
        names: [`inuse.${pid}.hold`, `inuse.${pid}.lock`],
        file: 'events.jsonl',
      },
    }
  },
  fromTitle(title, at) {
    // Static: the first prompt, then the name of the product.
    const [, prompt] = /^(.+) - GitHub Copilot$/.exec(title) ?? []
    const name = titleOf(prompt)
    if (name === undefined) return undefined
    const facts = { title: name, titleIsChosen: false }
    return { source: 'live', at, line: oneLine(title), confidence: 'high', facts }
  },
  fromScreen,
  looksLike: (screen) =>
    / - GitHub Copilot$|^GitHub Copilot$/.test(screen.title) ||
    screen.rows.some((row) => /Copilot v\d+\.\d+\.\d+ uses AI/.test(row)),
  fromHook: readCopilotHook,
  fromTranscript: readCopilotRecord,
  // Esc Esc before the first word of an answer: the records of that prompt go, none tells why.
  fromTakenBack: (at) => ({
    source: 'live',
    at,
    line: 'the last prompt was taken back',
    confidence: 'high',
    says: { type: 'idle', end: 'interrupted' },
    facts: { tool: '' },
  }),
  entries: readCopilotEntries,
  isTerminal: (line) => parseObject(line)?.type === 'session.shutdown',
  keys: {
    interrupt: ['Escape', 'Escape'],
    approve: ['Enter'],
    deny: ['Escape'],
    submit: ['Enter'],
  },
  // Its records are tied to the process later, with its next prompt at the latest.
  resumes(process) {
    const { args } = programOf(process)
    const at = args.findIndex((word) => /^--resume(=|$)/.test(word))
    const [, joined = args[at + 1]] = (args[at] ?? '').split('=')
    return at < 0 ? undefined : uuidOf(joined)
  },
  resume: (conversation, argv) =>
    isConversation(conversation)
      ? [
          'copilot',
          ...keptFlags(programOf({ argv, command: 'copilot' }).args, FLAGS),
          `--resume=${conversation}`,
        ]
      : [],
  patience: { hookMs: 3_000, silenceMs: 5_000 },
}

function fromScreen(screen: ScreenFacts): Observation | undefined {
  // A scroll bar stands at the right edge of the talk.
  const rows = filledRows({ ...screen, rows: screen.rows.map((row) => row.replace(/\s*┃$/, '')) })
  return dialog(rows, screen) ?? form(rows, screen) ?? prompt(rows, screen)
}

/** A drawn box at the very bottom whose last row is its key help. */
function dialog(rows: readonly string[], screen: ScreenFacts): Observation | undefined {
  if (!/^╰─+╯$/.test(rows.at(-1) ?? '')) return undefined
  const top = rows.findLastIndex((row) => /^╭─+╮$/.test(row))
  const drawn = rows.slice(top + 1, -1).map(unboxed)
  const box = drawn.filter((row) => row.trim() !== '')
  const help = /↑\/↓ to navigate · enter to select · esc to cancel$/
  if (top < 0 || !help.test(tail(box, 3))) return undefined
  const asked = questionIn(drawn)
  const inner = box.flatMap((row) => {
    const [, text] = /^\s*│ (.*?)\s*│?$/.exec(row) ?? []
    return text === undefined ? [] : [text.trim()]
  })
  const title = box[0]?.trim() ?? ''
  const line = box.at(-1) ?? ''
  if (/folder trust/i.test(title) || /trust the files/.test(asked))
    return seen(screen, line, {
      type: 'asking',
      ask: { kind: 'startup', text: asked.trim(), dialog: box },
    })
  const isPermission = /Do you want to|Allow/.test(asked)
  const isCommand = /run this command/.test(asked)
  const text = isCommand && inner.length > 0 ? inner.join(' ') : asked.trim() || title
  return seen(screen, line, {
    type: 'asking',
    ask: {
      kind: isPermission ? 'permission' : 'question',
      text,
      tool: isCommand ? 'bash' : title,
      dialog: box,
    },
  })
}

/** The last paragraph with a question above the options; a narrow pane wraps it, also within paths. */
function questionIn(box: readonly string[]): string {
  const option = box.findIndex((row) => /^\s*[❯>] \d+\. /.test(row))
  const above = box.slice(0, Math.max(0, option)).map((row) => row.trim())
  const end = above.findLastIndex((row) => row.includes('?'))
  const from = above.slice(0, Math.max(0, end)).lastIndexOf('') + 1
  return above
    .slice(from, end + 1)
    .reduce((text, row) => (/[-/]$|^$/.test(text) ? text + row : `${text} ${row}`), '')
}

/** `Copilot needs information.`: a form between two rules, its key help above the last one. */
function form(rows: readonly string[], screen: ScreenFacts): Observation | undefined {
  const rule = /^─{3,}$/
  if (!rule.test(rows.at(-1) ?? '')) return undefined
  const top = rows.slice(0, -1).findLastIndex((row) => rule.test(row))
  const body = rows.slice(top + 1, -1)
  if (top < 0 || !/enter accept · ctrl\+d decline · esc cancel$/.test(tail(body, 2)))
    return undefined
  const text = body.find((row) => !/Copilot needs information\./.test(row)) ?? ''
  return seen(screen, body.at(-1) ?? '', {
    type: 'asking',
    ask: { kind: 'question', text: text.trim(), tool: 'ask_user', dialog: body },
  })
}

/** What stands below the box while it waits. */
const HINTS =
  /^(Interactive|Plan|Autopilot) · |\/ commands\b|\? help\b|← open sidebar|@ files\b|# issues\b/

/** Blocks of the talk start behind one blank; text of the model behind three. */
const BLOCK = /^ [●✗✓○❯$]/

function prompt(rows: readonly string[], screen: ScreenFacts): Observation | undefined {
  const box = inputBox(rows, screen.cols, /^[❯>!]/)
  if (!box || box.below.length === 0) return undefined
  const footer = tail(box.below, 2)
  // The row of folder and branch stands between the talk and the box.
  const block = lastBlock(box.above.slice(-12, -1), BLOCK)
  if (/^[○◎◉●] Working\b.*\besc (esc|again to) (interrupt|edit prompt)\b/.test(footer)) {
    const isRetrying = /^● .*\bRetrying\.\.\.$/.test(block)
    return isRetrying
      ? seen(screen, block, { type: 'retrying' })
      : seen(screen, footer, { type: 'working' })
  }
  // With a draft in the box, such as a prompt that was taken back, the hints are others; a narrow
  // pane cuts them all off behind the mode.
  if (!HINTS.test(footer)) return undefined
  if (/^● Operation cancelled by user$/.test(block))
    return seen(screen, block, { type: 'idle', end: 'interrupted' })
  if (/^✗ (?!.*aborted by user)/.test(block)) return seen(screen, block, { type: 'failed' })
  return seen(screen, footer, { type: 'idle' })
}
