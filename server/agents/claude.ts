import { join } from 'node:path'
import type { Adapter, Observation, ProcessFacts, ScreenFacts, Statement } from './adapter.ts'
import { readClaudeEntries } from './claude-entries.ts'
import { readClaudeHook } from './claude-hook.ts'
import { readClaudeScreen } from './claude-screen.ts'
import { readClaudeRecord, readClaudeSideRecord } from './claude-transcript.ts'
import { known, parseObject, textOf, timeOf } from './json.ts'
import { isConversation, keptFlags, programOf, runs } from './program.ts'
import { oneLine, titleOf } from './words.ts'

/** Subcommands that are no conversation. */
const HELPERS = ['mcp', 'doctor', 'update', 'install', 'config', 'setup-token', 'plugin', 'auth']

const FLAGS = {
  plain: ['--dangerously-skip-permissions', '--verbose', '--ide', '--chrome', '--bare'],
  valued: [
    '--model',
    '--permission-mode',
    '--effort',
    '--agent',
    '--add-dir',
    '--settings',
    '--mcp-config',
    '--plugin-dir',
    '--append-system-prompt',
    '--fallback-model',
    '--setting-sources',
  ],
}

/** The program as it was called, with its folder. */
function programPath({ argv }: ProcessFacts): string | undefined {
  return argv[0]
}

/** Claude Code 2.1 (older screens too): a live file per process, hooks, transcripts, footer rows. */
export const claude: Adapter = {
  kind: 'claude',
  program: 'claude',
  name: 'Claude Code',
  matches: (process) =>
    runs(process, 'claude', HELPERS) ||
    // The native installer keeps its versions as files: `.../claude/versions/2.1.329`.
    (/^\d+\.\d+\.\d+$/.test(programOf(process).name) &&
      (programPath(process) ?? '').includes('/claude/versions/')),
  files({ pid, env }) {
    const root = env.CLAUDE_CONFIG_DIR ?? (env.HOME ? join(env.HOME, '.claude') : undefined)
    if (root === undefined) return { live: [] }
    return {
      live: [join(root, 'sessions', `${pid}.json`)],
      transcripts: join(root, 'projects'),
      layout: { folders: [/./], holds: (name, id) => name === `${id}.jsonl` },
    }
  },
  fromLive: readLive,
  fromTitle(title, at) {
    // In tmux the title never changes with the state: it only names the conversation.
    const name = titleOf(title.replace(/^[^\p{L}\p{N}]+/u, ''))
    if (!/^[✳✻✶✢·]/u.test(title) || name === undefined || name === 'Claude Code') return undefined
    return {
      source: 'live',
      at,
      line: oneLine(title),
      confidence: 'high',
      facts: { title: name, titleIsChosen: true },
    }
  },
  fromScreen: readClaudeScreen,
  looksLike: ({ rows, ...rest }: ScreenFacts) =>
    /^✳ /.test(rest.title) ||
    rows.some((row) => /Claude Code v\d/.test(row)) ||
    readClaudeScreen({ rows, ...rest })?.says?.type === 'working',
  fromHook: readClaudeHook,
  fromTranscript: readClaudeRecord,
  entries: readClaudeEntries,
  // `<conversation>/subagents/agent-<id>.jsonl`, with `agent-<id>.meta.json` written before it.
  // Versions that wrote side chains into the transcript itself named nobody: there hooks alone tell.
  subagents: {
    folders: (transcript) => [join(transcript.replace(/\.jsonl$/, ''), 'subagents')],
    idOf: (name) => /^agent-([\w-]+)\.jsonl$/.exec(name)?.[1],
    card: {
      nameOf: (log) => log.replace(/\.jsonl$/, '.meta.json'),
      title(text) {
        const card = parseObject(text)
        return titleOf(card?.description) ?? titleOf(card?.agentType)
      },
    },
    read: readClaudeSideRecord,
  },
  isTerminal(line) {
    const type = parseObject(line)?.type
    return type === 'cost-state' || type === 'last-prompt' || type === 'tools-used'
  },
  keys: { interrupt: ['Escape'], approve: ['Enter'], deny: ['Escape'], submit: ['Enter'] },
  resume: (conversation, argv) =>
    isConversation(conversation)
      ? [
          'claude',
          ...keptFlags(programOf({ argv, command: 'claude' }).args, FLAGS),
          '--resume',
          conversation,
        ]
      : [],
  patience: { hookMs: 5_000, silenceMs: 5_000 },
}

/**
 * `~/.claude/sessions/<pid>.json`, right in every phase that was tried, those without any hook
 * (interrupted, denied, retrying) too. A kill -9 leaves it behind, so pid and start must fit.
 */
function readLive(
  text: string,
  process: { pid: number; start: string },
  at: number,
): Observation | undefined {
  const live = parseObject(text)
  if (!live || live.pid !== process.pid) return undefined
  const start = live.procStart
  const isOther = start !== undefined && process.start !== '' && String(start) !== process.start
  if (isOther) return undefined
  const status = textOf(live.status)
  const waitingFor = textOf(live.waitingFor) ?? ''
  const since = timeOf(live.statusUpdatedAt, at)
  const title = titleOf(live.name)
  return known({
    source: 'live' as const,
    at: Math.min(since, at),
    line: oneLine(`status: ${status ?? '?'}${waitingFor ? `, waiting for: ${waitingFor}` : ''}`),
    confidence: 'high' as const,
    says: saidByStatus(status, waitingFor),
    facts: known({
      conversation: textOf(live.sessionId),
      title,
      titleIsChosen:
        title === undefined
          ? undefined
          : /user|custom|title|model|ai/i.test(String(live.nameSource)),
    }),
  })
}

function saidByStatus(status: string | undefined, waitingFor: string): Statement | undefined {
  switch (status) {
    case 'busy':
    // A command that the user runs behind `!`.
    case 'shell':
      return { type: 'working' }
    case 'waiting':
      return {
        type: 'asking',
        ask: { kind: /permission/.test(waitingFor) ? 'permission' : 'question', text: '' },
      }
    case 'idle':
      return { type: 'idle' }
    default:
      return undefined
  }
}
