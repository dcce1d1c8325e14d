import type { EntryPart, ResultPart } from '../agents/entry.ts'
import type { AgentCue, GitState } from '../protocol.ts'

/**
 * What an agent's tool calls leave undone, told from its transcript alone: which files it wrote,
 * whether a check ran after that and succeeded, whether a commit followed. Only calls whose end was
 * written down as a success count. What people do in other terminals is not seen here.
 */
export interface CueState {
  /** A file was written since the last commit. */
  readonly edited: boolean
  /** A check succeeded since the last edit. */
  readonly validated: boolean
  /** Calls that have not ended: by id, what they do, in the order in which they would. */
  readonly open: ReadonlyMap<string, readonly Deed[]>
}

export type Deed = 'edit' | 'validate' | 'commit'

export const NO_CUES: CueState = { edited: false, validated: false, open: new Map() }

/** Calls whose end never comes, as of an interrupted turn, are forgotten beyond so many. */
const OPEN_MAX = 50
/** Commands are looked at so far; a script of megabytes says no more. */
const COMMAND_CHARS = 4_096

/** The state after what one record tells; the same object where it tells nothing of this. */
export function followCues(state: CueState, parts: readonly EntryPart[]): CueState {
  let next = state
  for (const part of parts) {
    if (part.type === 'call') {
      const deeds = deedsOf(part.name, part.command)
      if (deeds.length > 0) next = { ...next, open: opened(next.open, part.call, deeds) }
    } else if (part.type === 'result') next = ended(next, part)
  }
  return next
}

/** What to show; nothing where git knows that nothing is left. */
export function cuesOf({ edited, validated }: CueState, git: GitState | undefined): AgentCue[] {
  if (!edited || git === 'clean') return []
  return [validated ? 'uncommitted' : 'unvalidated']
}

/** What a tool call does to the work, if it succeeds. */
export function deedsOf(tool: string, command: string | undefined): Deed[] {
  if (EDITORS.test(tool)) return ['edit']
  if (command === undefined) return []
  return command
    .slice(0, COMMAND_CHARS)
    .split(/&&|\|\||[;|\n]/)
    .flatMap((part) => {
      const words = part
        .trim()
        .replace(/^(?:[A-Za-z_]\w*=\S*\s+|sudo\s+|time\s+|timeout\s+\S+\s+)+/, '')
      if (COMMITS.test(words)) return /\s--dry-run\b/.test(words) ? [] : (['commit'] as const)
      if (CHECKS.some((check) => check.test(words))) return ['validate'] as const
      return EDITING.test(words) ? (['edit'] as const) : []
    })
}

/** Tools of all kinds of agents that write files. */
const EDITORS =
  /^(?:edit|multiedit|write|notebookedit|create|str_replace|str_replace_editor|insert|apply_patch|patch|write_file|replace)$/i
/** Commands that change files in place. */
const EDITING = /^(?:apply_patch\b|sed\s+(?:-\w+\s+)*-\w*i|perl\s+-\w*i)/
const COMMITS = /^git\s+(?:-\S+\s+(?:\S+=\S+\s+|\/\S*\s+)?)*commit(?=\s|$)/

/** Tests, builds, linters and type checks, by the programs that run them. */
const CHECKS: readonly RegExp[] = [
  /^(?:npm|pnpm|yarn|bun)\s+(?:run\s+|-\S+\s+)*\S*(?:test|check|lint|build|tsc|typecheck|vitest|jest)/,
  /^(?:npx|pnpx|bunx|pnpm\s+exec|yarn\s+exec)\s+(?:-\S+\s+)*(?:tsc|jest|vitest|playwright|mocha|ava|eslint|biome|oxlint|prettier|vue-tsc|astro\s+check|svelte-check)\b/,
  /^(?:\S*\/)?(?:pytest|tox|nox|mypy|pyright|ruff|flake8|pylint|tsc|jest|vitest|mocha|eslint|biome|rspec|rubocop|phpunit|phpstan|ctest|bats|shellcheck|golangci-lint|ktlint|detekt|swiftlint)\b/,
  /^(?:uv\s+run\s+|poetry\s+run\s+)?(?:\S*\/)?python\d?(?:\.\d+)?\s+-m\s+(?:pytest|unittest|mypy|ruff|compileall)\b/,
  /^(?:uv|poetry|bundle|rye|hatch)\s+(?:run|exec)\s+(?:pytest|mypy|ruff|rspec|rake|tox)\b/,
  /^node\s+(?:\S+\s+)*--(?:test|check)\b/,
  /^go\s+(?:test|vet|build)\b/,
  /^cargo\s+(?:\+\S+\s+)?(?:test|check|clippy|build|nextest)\b/,
  /^(?:make|gmake|just|task|ninja)(?:\s+-\S+)*(?:\s+(?:\S*(?:test|check|lint|verify)\S*|build|all)(?=\s|$)|\s*$)/,
  /^cmake\s+--build\b/,
  /^(?:\.\/)?(?:gradlew?|mvnw?)\b.*\b(?:test|check|build|verify|compile\w*)\b/,
  /^(?:dotnet|swift|bazel|zig|mix|rake|deno|flutter|dart|sbt|lein|stack|cabal|composer)\s+(?:test|build|check|lint|analyze|vet|spec|compile)\b/,
]

function opened(
  open: CueState['open'],
  call: string,
  deeds: readonly Deed[],
): ReadonlyMap<string, readonly Deed[]> {
  const next = new Map(open).set(call, deeds)
  for (const oldest of next.keys()) {
    if (next.size <= OPEN_MAX) break
    next.delete(oldest)
  }
  return next
}

function ended(state: CueState, { call, status }: ResultPart): CueState {
  const deeds = state.open.get(call)
  if (!deeds) return state
  const open = new Map(state.open)
  open.delete(call)
  // A command that failed may still have written before it did; it proved nothing.
  let { edited, validated } = state
  for (const deed of status === 'done' ? deeds : []) {
    validated = deed === 'validate' && edited
    edited = deed === 'commit' ? false : edited || deed === 'edit'
  }
  return { edited, validated, open }
}
