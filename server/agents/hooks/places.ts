import { join } from 'node:path'

/** Kinds that have hooks at all. */
export const HOOK_KINDS = ['claude', 'codex', 'copilot', 'gemini', 'opencode'] as const
export type HookKind = (typeof HOOK_KINDS)[number]

/** Variables of an environment, as an agent started from it would see them. */
export type Environment = Readonly<Record<string, string | undefined>>

/** How a kind keeps its hooks. */
export interface HookPlace {
  kind: HookKind
  /** The folder that is there where the agent was ever used. */
  home: string
  /** The file that names the hooks. */
  file: string
  /** `shared`: the user's settings, of which we edit our part; `own`: a file of ours alone. */
  owner: 'shared' | 'own'
  /** The agent's names of the events that tell us something, in the order of a turn. */
  events: readonly string[]
  /** Why it is installed only when asked for by name. */
  optIn?: string
}

/** Most a hook may take, in seconds, before the agent gives up on it; ours ends in milliseconds. */
export const TIMEOUT_S = 5

const EVENTS: Readonly<Record<HookKind, readonly string[]>> = {
  claude: [
    'SessionStart',
    'UserPromptSubmit',
    'PreToolUse',
    'PermissionRequest',
    'PostToolUse',
    'Notification',
    'SubagentStart',
    'SubagentStop',
    'Stop',
    'StopFailure',
    'SessionEnd',
  ],
  codex: [
    'SessionStart',
    'UserPromptSubmit',
    'PreToolUse',
    'PermissionRequest',
    'PostToolUse',
    'SubagentStart',
    'SubagentStop',
    'Stop',
    'Interrupt',
    'SessionEnd',
  ],
  copilot: [
    'sessionStart',
    'userPromptSubmitted',
    'preToolUse',
    'permissionRequest',
    'notification',
    'postToolUse',
    'errorOccurred',
    'agentStop',
    'sessionEnd',
  ],
  // Not AfterModel: it runs once per piece of a streamed answer, five times a second.
  gemini: [
    'SessionStart',
    'BeforeAgent',
    'BeforeTool',
    'Notification',
    'AfterTool',
    'AfterAgent',
    'SessionEnd',
  ],
  opencode: [
    'session.created',
    'session.updated',
    'session.status',
    'session.idle',
    'session.error',
    'chat.message',
    'permission.asked',
    'permission.replied',
    'question.asked',
    'question.replied',
    'tool.execute.before',
    'tool.execute.after',
  ],
}

/** Where a kind keeps its hooks for the user of this environment. */
export function hookPlace(kind: HookKind, env: Environment): HookPlace {
  const home = env.HOME ?? '/'
  const events = EVENTS[kind]
  const at = (folder: string, ...names: string[]) => ({
    kind,
    home: folder,
    file: join(folder, ...names),
    events,
  })
  switch (kind) {
    case 'claude':
      return {
        ...at(env.CLAUDE_CONFIG_DIR || join(home, '.claude'), 'settings.json'),
        owner: 'shared',
      }
    case 'codex':
      return {
        ...at(env.CODEX_HOME || join(home, '.codex'), 'hooks.json'),
        owner: 'shared',
        optIn:
          'Codex stops its next start on a full-screen review of new hooks and does not run them ' +
          'until you trust them there; dogwatch follows Codex without hooks as well',
      }
    case 'copilot':
      return {
        ...at(env.COPILOT_HOME || join(home, '.copilot'), 'hooks', 'dogwatch.json'),
        owner: 'own',
      }
    case 'gemini':
      return {
        ...at(join(env.GEMINI_CLI_HOME || home, '.gemini'), 'settings.json'),
        owner: 'shared',
      }
    case 'opencode':
      return {
        ...at(
          env.OPENCODE_CONFIG_DIR || join(env.XDG_CONFIG_HOME || join(home, '.config'), 'opencode'),
          'plugin',
          'dogwatch.js',
        ),
        owner: 'own',
      }
    default:
      return kind satisfies never
  }
}

export function isHookKind(kind: string): kind is HookKind {
  return HOOK_KINDS.some((candidate) => candidate === kind)
}
