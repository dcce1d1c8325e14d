import type { Observation, ScreenFacts, Statement } from './adapter.ts'
import { filledRows, firstQuestion, inputBox, isRule, lastBlock, seen, tail } from './screen.ts'

/** What starts a block of the talk in the first column; a model's own text is indented behind it. */
const BLOCK = /^[^\s\w│╭╰─"'(]|^ {2}⎿/

/** The line above the input box while it works: any glyph, any verb, then an ellipsis. */
const SPINNER = /^[^\s\w] \p{L}[\p{L}'’ -]*…(?: \(|$)/u

/** The state from Claude Code's own rows: its footer, its dialogs, the line above its input box. */
export function readClaudeScreen(screen: ScreenFacts): Observation | undefined {
  const rows = filledRows(screen)
  return dialog(rows, screen) ?? prompt(rows, screen)
}

/** A dialog takes the place of the input box, so its key help is the very last thing on screen. */
function dialog(rows: readonly string[], screen: ScreenFacts): Observation | undefined {
  const end = tail(rows, 3)
  const from = rows.slice(0, -1).findLastIndex((row) => isRule(row, screen.cols))
  const region = rows.slice(from + 1)
  if (/Esc to cancel · Tab to amend( · .*)?$/.test(end) && hasOptions(region))
    return seen(screen, region[0] ?? end, permission(region))
  if (/Enter to select · .*Esc to cancel$/.test(end) && hasOptions(rows.slice(-24)))
    return seen(screen, rows.at(-1) ?? end, question(rows))
  if (!/Enter to confirm · Esc to (cancel|exit)$/.test(end) || !hasCursor(region)) return undefined
  // Before the first prompt it draws on the normal screen, and no file or hook exists yet.
  const isStartup =
    !screen.alternate || region.some((row) => /\btrust\b|API key|Accessing workspace/.test(row))
  const text =
    region.find((row) => row.trim().endsWith('?')) ?? region.find((row) => /\?/.test(row))
  return seen(screen, rows.at(-1) ?? end, {
    type: 'asking',
    ask: {
      kind: isStartup ? 'startup' : 'question',
      text: firstQuestion(text ?? region[0] ?? ''),
      dialog: region,
    },
  })
}

function hasOptions(rows: readonly string[]): boolean {
  return rows.some((row) => /^\s*[❯>] \d+\. /.test(row))
}

function hasCursor(rows: readonly string[]): boolean {
  return rows.some((row) => /^\s*❯ \S/.test(row))
}

/** `Bash command`, then what it would do between two dashed lines. */
function permission(region: readonly string[]): Statement {
  const title = region[0]?.trim() ?? ''
  const [from = -1, to = -1] = region.flatMap((row, at) => (/^\s*╌{5,}$/.test(row) ? [at] : []))
  const detail = region.slice(from + 1, to).map((row) => row.trim())
  const asked = region.find((row) => /^\s*Do you want to\b/.test(row))?.trim() ?? ''
  const isCommand = /command/i.test(title) && from >= 0 && to > from
  const plain = region[1]?.trim() ?? ''
  return {
    type: 'asking',
    ask: {
      kind: 'permission',
      text: isCommand ? detail.join(' ') : asked || plain || title,
      tool: title,
      dialog: region,
    },
  }
}

/** The question stands between the row of its header (a checkbox) and its first option. */
function question(rows: readonly string[]): Statement {
  const header = rows.findLastIndex((row) => /^\s*(← )?\s*[☐☒✔]/.test(row))
  const below = header < 0 ? [] : rows.slice(header + 1)
  const option = below.findIndex((row) => /^\s*[❯>]?\s*\d+\. /.test(row))
  const text = below
    .slice(0, Math.max(0, option))
    .map((row) => row.trim())
    .join(' ')
  const dialog = header < 0 ? rows.slice(-24) : rows.slice(header)
  return { type: 'asking', ask: { kind: 'question', text, tool: 'AskUserQuestion', dialog } }
}

function prompt(rows: readonly string[], screen: ScreenFacts): Observation | undefined {
  const box = inputBox(rows, screen.cols, /^[❯>!#&]/)
  if (!box) return undefined
  const block = lastBlock(box.above.slice(-8), BLOCK)
  const footer = box.below.find((row) => /^\s*(⏸|⏵⏵|\? for shortcuts|.*· \? for)/.test(row))
  const isInterruptible = box.below.some((row) =>
    row.split(' · ').some((part) => /^\s*esc to interr/.test(part)),
  )
  if (/ · [Rr]etrying in \d+\S* · attempt \d+\/\d+/.test(block))
    return seen(screen, block, { type: 'retrying' })
  const spins = SPINNER.test(block)
  if (isInterruptible || spins || /^\S .*…? ?\(.*esc to interrupt\)/.test(block))
    return seen(screen, spins ? block : (footer ?? block), { type: 'working' })
  if (/^\S Waiting for \d+ background/.test(block)) return seen(screen, block, { type: 'working' })
  if (/^⎿\s+Interrupted\b/.test(block))
    return seen(screen, block, { type: 'idle', end: 'interrupted' })
  if (/^● API Error\b/.test(block)) return seen(screen, block, { type: 'failed' })
  // Older versions show no mode line where a status line of the user's is: then only the box tells.
  return seen(screen, footer ?? box.inside[0] ?? '', { type: 'idle' }, footer ? 'medium' : 'low')
}
