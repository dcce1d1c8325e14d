import { basename } from 'node:path'
import type { ProcessFacts } from './adapter.ts'

/** Programs whose first plain argument is the program that matters. */
const INTERPRETER = /^(node|nodejs|bun|deno|python(\d(\.\d+)?)?)$/

/** Options of these that take the next word with them. */
const WITH_VALUE = new Set([
  '-r',
  '--require',
  '--import',
  '--loader',
  '--experimental-loader',
  '-C',
  '--conditions',
  '--env-file',
  '-W',
  '-X',
])

/** Options after which no script follows: a program given as text. */
const NO_SCRIPT = new Set(['-e', '--eval', '-p', '--print', '-c'])

export interface Program {
  /** Without folder and suffix: `codex`. */
  name: string
  /** What the program itself was given. */
  args: readonly string[]
}

/**
 * What a process runs. Three of the five agents are scripts of node, so the script counts, not the
 * interpreter; a shell that runs a wrapper script is a shell, since the agent is then its child.
 */
export function programOf({ argv, command }: Pick<ProcessFacts, 'argv' | 'command'>): Program {
  const [first = ''] = argv
  const name = nameOf(first)
  if (!INTERPRETER.test(name) && !INTERPRETER.test(nameOf(command)))
    return { name: name === '' ? nameOf(command) : name, args: argv.slice(1) }
  // A script that set its own process title left one word and no interpreter in front of it.
  if (!INTERPRETER.test(name)) return { name, args: argv.slice(1) }
  for (let at = 1; at < argv.length; at += 1) {
    const word = argv[at] ?? ''
    if (NO_SCRIPT.has(word)) break
    if (WITH_VALUE.has(word)) at += 1
    // `python -m aider`, `bun x codex`, `bun run codex`: the word after names it.
    else if (!word.startsWith('-') && !(at === 1 && /^(x|run)$/.test(word)))
      return { name: packageOf(word) ?? nameOf(word), args: argv.slice(at + 1) }
  }
  return { name, args: argv.slice(1) }
}

/** Scripts that run under a name of their own (`cli.js`) and what their packages are called. */
const PACKAGES: readonly [RegExp, string][] = [
  [/\/@anthropic-ai\/claude-code\//, 'claude'],
  [/\/@openai\/codex\//, 'codex'],
  [/\/@github\/copilot\//, 'copilot'],
  [/\/@google\/gemini-cli\//, 'gemini'],
  [/\/opencode-ai\//, 'opencode'],
]

function packageOf(script: string): string | undefined {
  return PACKAGES.find(([folder]) => folder.test(script))?.[1]
}

/** Name of a program from its path, without login dash. A suffix stays: `gemini.js` is anyone's. */
export function nameOf(path: string): string {
  return basename(path.replace(/^-/, '')).replace(/\.exe$/, '')
}

/** Whether a process is `name` and was not started as one of its helpers (`codex mcp-server`). */
export function runs(
  process: ProcessFacts,
  name: string | RegExp,
  helpers: readonly string[],
): boolean {
  const program = programOf(process)
  const isIt = typeof name === 'string' ? program.name === name : name.test(program.name)
  if (!isIt) return false
  const [first] = program.args
  return first === undefined || !helpers.includes(first)
}

/**
 * The arguments of a command line that belong to every run of it. `plain` flags stand alone,
 * `valued` ones take a word (or `=word`). All else goes: prompts, what names a conversation, and
 * flags that we do not know, because a flag without its value would break the command.
 */
export function keptFlags(
  args: readonly string[],
  { plain, valued }: { plain: readonly string[]; valued: readonly string[] },
): string[] {
  const kept: string[] = []
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] ?? ''
    if (word === '--') break
    const flag = word.split('=', 1)[0] ?? ''
    if (plain.includes(word)) kept.push(word)
    else if (valued.includes(flag)) {
      const value = args[at + 1]
      if (word !== flag) kept.push(word)
      else if (value !== undefined && !value.startsWith('-')) {
        kept.push(word, value)
        at += 1
      }
    }
  }
  return kept
}

/** A word that is a uuid: `latest` and numbers of lists name conversations too. */
export function uuidOf(word: string | undefined): string | undefined {
  return word !== undefined && /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(word)
    ? word
    : undefined
}

/** What conversation ids look like: a uuid, `ses_...`. Never a flag, a path or two words. */
export function isConversation(id: string): boolean {
  return /^[A-Za-z0-9][\w-]{5,127}$/.test(id)
}
