import type { ProcessRow, ProcessTable } from '../lib/proc.ts'
import type { Adapter, ProcessFacts } from './adapter.ts'
import { type Where, whereOf } from './elsewhere.ts'
import { agentOf } from './index.ts'
import { programOf } from './program.ts'
import { isShell } from './shell.ts'

/** An agent among a pane's processes. */
export interface FoundAgent {
  adapter: Adapter
  process: ProcessFacts
  /** What started it and looks like it: scripts that wait for it to end, outermost first. */
  launchers: readonly ProcessFacts[]
  /** Whether it, or the wrapper that started it, has the pane's keyboard. */
  isForeground: boolean
}

/** What runs in one pane. */
export interface PaneFound {
  /** Agents that the user started, outermost first; what they start themselves is theirs. */
  agents: readonly FoundAgent[]
  /** Whether the foreground leads to another machine or a container: then only the screen tells. */
  where: Where
  /** The pane's first process: a shell, or the program it was opened with. */
  first: ProcessFacts
  /** The program that has the keyboard; undefined where that is a shell at its prompt. */
  foreground?: ProcessFacts
}

/** Programs that stand between a shell and what it was asked to run. */
const GO_BETWEEN =
  /^(sudo|doas|su|env|nohup|nice|ionice|time|setsid|login|script|nix-shell|direnv)$/

/** A shell that reads from its terminal: it runs neither a script nor a line given to it. */
function isInteractive({ argv, command }: ProcessFacts): boolean {
  const [program, ...args] = argv
  return (
    isShell(program ?? command) &&
    args.every((arg) => arg.startsWith('-') && !/^-\w*c\w*$/.test(arg))
  )
}

/** The kind of a pane without an agent. */
export function plainKind({ first }: PaneFound): 'shell' | 'other' {
  return isInteractive(first) ? 'shell' : 'other'
}

export type FactsOf = (row: ProcessRow) => Promise<ProcessFacts>

/** Children of every process, in the order of their starts. */
export function childrenOf(table: ProcessTable): Map<number, ProcessRow[]> {
  const children = new Map<number, ProcessRow[]>()
  for (const row of table.values()) {
    const siblings = children.get(row.parent)
    if (siblings) siblings.push(row)
    else children.set(row.parent, [row])
  }
  return children
}

/** Reads a pane's tree from its first process; undefined where that has ended. */
export async function readPane(
  root: number,
  table: ProcessTable,
  children: Map<number, ProcessRow[]>,
  factsOf: FactsOf,
): Promise<PaneFound | undefined> {
  const top = table.get(root)
  if (!top) return undefined
  const agents: FoundAgent[] = []
  const front: ProcessFacts[] = []
  const queue = [top]
  const passed = new Set<number>()
  for (let row = queue.shift(); row; row = queue.shift()) {
    if (passed.has(row.pid)) continue
    passed.add(row.pid)
    const facts = await factsOf(row)
    const isForeground = row.group === top.foreground
    if (isForeground) front.push(facts)
    const adapter = hasWords(facts) ? agentOf(facts) : undefined
    if (!adapter) {
      queue.push(...(children.get(row.pid) ?? []))
      continue
    }
    const [process, ...launchers] = await unwrap([facts], adapter, children, factsOf)
    agents.push({ adapter, process, launchers: launchers.reverse(), isForeground })
  }
  const first = await factsOf(top)
  const where = front.map(whereOf).find((place) => place !== 'here') ?? 'here'
  // A shell at its prompt may keep helpers in its own group, which run for ever beside it.
  const isAtPrompt = top.group === top.foreground && isInteractive(first)
  const foreground = isAtPrompt
    ? undefined
    : front.find((process) => !isInteractive(process) && !GO_BETWEEN.test(programOf(process).name))
  return { agents, where, first, ...(foreground ? { foreground } : {}) }
}

/**
 * The process behind its wrappers: codex and copilot are node scripts that start a program of the
 * same name, gemini starts itself again. A wrapper hands its arguments on as they are; another
 * agent of the same kind that this one started has arguments of its own. The wrappers come behind
 * it, the outermost last.
 */
async function unwrap(
  found: readonly [ProcessFacts, ...ProcessFacts[]],
  adapter: Adapter,
  children: Map<number, ProcessRow[]>,
  factsOf: FactsOf,
): Promise<readonly [ProcessFacts, ...ProcessFacts[]]> {
  const [outer] = found
  const args = programOf(outer).args
  for (const row of children.get(outer.pid) ?? []) {
    const inner = await factsOf(row)
    // Between fork and exec a helper still looks like whoever starts it.
    const isCopy = sameWords(inner.argv, outer.argv)
    if (
      isCopy ||
      !hasWords(inner) ||
      !sameWords(programOf(inner).args, args) ||
      !adapter.matches(inner)
    )
      continue
    return unwrap([inner, ...found], adapter, children, factsOf)
  }
  return found
}

/** In the middle of an exec a process has a name but no arguments: it may become a helper. */
function hasWords({ argv }: ProcessFacts): boolean {
  return argv.length > 0
}

function sameWords(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((word, at) => word === other[at])
}
