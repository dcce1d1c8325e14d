import { type Json, known, textOf } from './json.ts'
import type { Meaning } from './meaning.ts'
import { lastLine, titleOf, toolLine } from './words.ts'

/**
 * What a hook says that tells of a subagent, or that one called; undefined where it is neither. The
 * hooks of Claude Code and of Codex are alike in this: `agent_id` names it. Its tools show that the
 * turn of its parent runs, and nothing about the parent's words.
 */
export function subagentMeaning(event: string, payload: Json): Meaning | undefined {
  const { agent_id } = payload
  const isReport = event === 'SubagentStart' || event === 'SubagentStop'
  if (agent_id === undefined && !isReport) return undefined
  const id = textOf(agent_id)
  const isTool = /^(Pre|Post)ToolUse|^PermissionDenied/.test(event)
  const says: Meaning = isTool ? { says: { type: 'working' } } : {}
  if (id === undefined || !(isReport || isTool)) return says
  const title = titleOf(payload.agent_type)
  if (isReport) {
    const words = textOf(payload.last_assistant_message)
    const lastWords = words === undefined ? undefined : lastLine(words)
    const running = event === 'SubagentStart'
    return { facts: { subagent: known({ id, title, running, lastWords }) } }
  }
  const name = textOf(payload.tool_name) ?? 'tool'
  const tool = event === 'PreToolUse' ? toolLine(name, payload.tool_input) : ''
  return { ...says, facts: { subagent: known({ id, title, running: true, tool }) } }
}
