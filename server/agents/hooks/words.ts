import { type HookKind, TIMEOUT_S } from './places.ts'

/** Last argument of every command of ours; by it we know our own again. Letters may follow it. */
export const MARKER = 'dogwatch-hook'

/**
 * What stood there before we came, kept in the marker so that taking a hook out restores the text:
 * f: no file, r: an empty root, h: no `hooks`, p: empty `hooks`, v: no such event, a: an empty list.
 */
export type Origin = string

/**
 * The command line of a hook. It is harmless when the script is gone, and the same in sh, bash,
 * zsh and fish: a hook that fails may cost the agent its tool.
 */
export function hookCommand(script: string, kind: HookKind, event: string, origin: Origin): string {
  const path = `'${script.replaceAll("'", `'\\''`)}'`
  const marker = origin ? `${MARKER}-${origin}` : MARKER
  return `test -r ${path} && exec sh ${path} ${kind} ${event} ${marker}; true`
}

/** The origin in a command of ours; undefined where the command is somebody else's. */
export function originOf(command: string): Origin | undefined {
  const match = new RegExp(` ${MARKER}(?:-([a-z]*))?; true$`).exec(command)
  return match ? (match[1] ?? '') : undefined
}

/** One entry of a settings file in the shape that Claude, Codex and Gemini share. */
export function sharedEntry(kind: HookKind, event: string, command: string): object {
  const matcher = matcherOf(kind, event)
  // Gemini counts in milliseconds, the others in seconds.
  const timeout = kind === 'gemini' ? TIMEOUT_S * 1_000 : TIMEOUT_S
  return { ...(matcher ? { matcher } : {}), hooks: [{ type: 'command', command, timeout }] }
}

function matcherOf(kind: HookKind, event: string): string | undefined {
  if (kind === 'gemini') return event.endsWith('Tool') ? '.*' : undefined
  const ofTools = ['PreToolUse', 'PermissionRequest', 'PostToolUse'].includes(event)
  return kind === 'claude' && ofTools ? '*' : undefined
}

/** The whole file of a kind that keeps each source of hooks in a file of its own. */
export function ownFile(kind: HookKind, events: readonly string[], script: string): string {
  if (kind === 'opencode') return pluginText(events, script)
  const hooks = Object.fromEntries(
    events.map((event) => [
      event,
      [
        {
          type: 'command',
          bash: hookCommand(script, kind, event, ''),
          timeoutSec: TIMEOUT_S,
        },
      ],
    ]),
  )
  return `${JSON.stringify({ version: 1, hooks }, null, 2)}\n`
}

/**
 * opencode runs no commands but loads JavaScript: the plugin writes the same file as the script
 * does, and lets nothing that goes wrong reach the agent.
 */
function pluginText(events: readonly string[], script: string): string {
  const spool = script.replace(/[^/]*$/, 'spool')
  return `// ${MARKER}: made by "dogwatch hooks install", removed by "dogwatch hooks uninstall".
// Leaves a file for dogwatch when something happens; answers and changes nothing.
import { existsSync, renameSync, writeFileSync } from 'node:fs'

const SPOOL = ${JSON.stringify(spool)}
const EVENTS = new Set(${JSON.stringify(events)})
let count = 0

function put(event, payload) {
  try {
    if (!EVENTS.has(event) || !existsSync(SPOOL + '/new')) return
    const { TMUX_PANE = '', TMUX = '' } = process.env
    count += 1
    const nanos = BigInt(Date.now()) * 1000000n + BigInt(count % 1000000)
    const name = nanos + '.' + process.pid + '.' + process.pid
    const head = ['dogwatch-hook 1', 'opencode', event, TMUX_PANE, TMUX, process.pid, '', '']
    const body = JSON.stringify(payload ?? {})
    const part = SPOOL + '/tmp/' + name
    writeFileSync(part, head.join('\\n') + body.slice(0, 262144), { mode: 0o600 })
    renameSync(part, SPOOL + '/new/' + name)
  } catch {
    // dogwatch is gone or its disk is full: that is no matter of the agent.
  }
}

export const Dogwatch = async () => ({
  event: async ({ event }) => put(event.type, event.properties),
  'chat.message': async (input, output) =>
    put('chat.message', { ...input, parts: output?.parts }),
  'tool.execute.before': async (input, output) =>
    put('tool.execute.before', { ...input, args: output?.args }),
  'tool.execute.after': async (input) => put('tool.execute.after', input),
})
`
}
