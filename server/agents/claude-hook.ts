import type { HookEvent, Observation } from './adapter.ts'
import { type Json, known, listOf, objectOf, textOf } from './json.ts'
import { asks, type Meaning, observe } from './meaning.ts'
import { subagentMeaning } from './subagent-hook.ts'
import { isSynthetic, lastLine, promptFacts, toolLine } from './words.ts'

/** One hook event of Claude Code. Half of its turn ends fire none: see `fromLive` and the screen. */
export function readClaudeHook({ event, payload, at }: HookEvent): Observation[] {
  const tool = textOf(payload.tool_name)
  const { says, facts } = subagentMeaning(event, payload) ?? hookMeaning(event, tool, payload)
  const line = tool === undefined ? event : `${event} ${toolLine(tool, payload.tool_input)}`
  return observe(
    { source: 'hook', at, line, confidence: 'high' },
    {
      says,
      facts: {
        conversation: textOf(payload.session_id),
        transcript: textOf(payload.transcript_path),
        ...facts,
      },
    },
  )
}

function hookMeaning(event: string, tool: string | undefined, payload: Json): Meaning {
  const input = payload.tool_input
  switch (event) {
    case 'SessionStart':
      // After /clear and /compact too, and sometimes after the prompt's own event.
      return { says: { type: 'started' }, facts: { model: textOf(payload.model) } }
    case 'UserPromptSubmit': {
      const prompt = textOf(payload.prompt) ?? ''
      // News of a background task restarts it without anyone having typed.
      if (isSynthetic(prompt)) return { says: { type: 'working' } }
      return { says: { type: 'prompted' }, facts: { ...promptFacts(prompt), tool: '' } }
    }
    case 'PreToolUse':
      return tool === 'AskUserQuestion'
        ? { says: asks('question', tool, input) }
        : {
            says: { type: 'working' },
            facts: { tool: toolLine(tool ?? 'tool', input), toolStarted: true },
          }
    case 'PermissionRequest':
      return { says: asks(tool === 'AskUserQuestion' ? 'question' : 'permission', tool, input) }
    case 'PostToolUse':
    case 'PostToolUseFailure':
    case 'PostToolBatch':
    case 'PermissionDenied':
      return { says: { type: 'working' }, facts: { tool: '' } }
    case 'PreCompact':
    case 'PostCompact':
      return { says: { type: 'working' } }
    case 'Notification':
      return notification(textOf(payload.notification_type))
    case 'Stop':
      return stopped(payload)
    case 'StopFailure':
      return {
        says: { type: 'failed' },
        facts: { tool: '', lastWords: lastLine(textOf(payload.last_assistant_message) ?? '') },
      }
    default:
      // SessionEnd too: only the process itself proves that it is gone.
      return {}
  }
}

/** Six seconds late, without the command: the request itself has told more already. */
function notification(type: string | undefined): Meaning {
  if (type === 'permission_prompt')
    return { says: { type: 'asking', ask: { kind: 'permission', text: '' } } }
  if (type === 'elicitation_dialog')
    return { says: { type: 'asking', ask: { kind: 'question', text: '' } } }
  return type === 'idle_prompt' ? { says: { type: 'idle' } } : {}
}

/** The parent stops while a background subagent still runs; then it goes on by itself. */
function stopped(payload: Json): Meaning {
  const runsOn = listOf(payload.background_tasks).some(
    (task) => objectOf(task)?.type === 'subagent' && objectOf(task)?.status === 'running',
  )
  const words = textOf(payload.last_assistant_message)
  return {
    says: runsOn ? { type: 'working' } : { type: 'idle', end: 'done' },
    facts: known({ tool: '', lastWords: words === undefined ? undefined : lastLine(words) }),
  }
}
