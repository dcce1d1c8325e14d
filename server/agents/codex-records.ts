import type { HookEvent, Observation, ObservedFacts, ProcessFacts } from './adapter.ts'
import {
  childOf,
  countOf,
  type Json,
  known,
  listOf,
  objectOf,
  parseObject,
  plus,
  textOf,
  timeOf,
  uncached,
  wordsOf,
} from './json.ts'
import { asks, type Meaning, observe } from './meaning.ts'
import { subagentMeaning } from './subagent-hook.ts'
import { lastLine, promptFacts, titleOf, toolLine } from './words.ts'

/**
 * One hook event of Codex. None fires when a turn ends in an error, and `notify` fires for hidden
 * threads that only make titles, so that one says nothing at all.
 */
export function readCodexHook({ event, payload, at }: HookEvent): Observation[] {
  const tool = textOf(payload.tool_name)
  const line = tool === undefined ? event : `${event} ${toolLine(tool, payload.tool_input)}`
  const ofSubagent = subagentMeaning(event, payload)
  const { says, facts } = ofSubagent ?? hookMeaning(event, tool, payload)
  if (event === 'notify' || event === 'agent-turn-complete') return []
  return observe(
    { source: 'hook', at, line, confidence: 'high' },
    {
      says,
      facts: {
        conversation: textOf(payload.session_id),
        // A subagent's event may name the subagent's own rollout.
        transcript: ofSubagent ? undefined : textOf(payload.transcript_path),
        ...facts,
      },
    },
  )
}

function hookMeaning(event: string, tool: string | undefined, payload: Json): Meaning {
  const input = payload.tool_input
  switch (event) {
    case 'SessionStart':
      // Comes with the first prompt, not with the start.
      return { says: { type: 'started' }, facts: { model: textOf(payload.model) } }
    case 'UserPromptSubmit':
      return {
        says: { type: 'prompted' },
        facts: {
          ...promptFacts(textOf(payload.prompt) ?? ''),
          model: textOf(payload.model),
          tool: '',
        },
      }
    case 'PreToolUse':
      // Fires for a tool that is then refused, too.
      return {
        says: { type: 'working' },
        facts: { tool: toolLine(tool ?? 'tool', input), toolStarted: true },
      }
    case 'PermissionRequest':
      return { says: asks('permission', tool, input) }
    case 'PostToolUse':
      return { says: { type: 'working' }, facts: { tool: '' } }
    case 'PreCompact':
    case 'PostCompact':
    case 'PreModelRequest':
    case 'PostModelRequest':
      return { says: { type: 'working' } }
    case 'Stop': {
      const words = textOf(payload.last_assistant_message)
      return {
        says: { type: 'idle', end: 'done' },
        facts: { tool: '', lastWords: words === undefined ? undefined : lastLine(words) },
      }
    }
    case 'Interrupt':
      return { says: { type: 'idle', end: 'interrupted' }, facts: { tool: '' } }
    default:
      return {}
  }
}

/** One line of a rollout file. */
export function readCodexRecord(line: string, at: number): Observation[] {
  const record = parseObject(line)
  const payload = childOf(record, 'payload')
  if (!record || !payload) return []
  const type = [textOf(record.type), textOf(payload.type)].filter(Boolean).join('/')
  const meaning = recordMeaning(textOf(record.type), payload)
  const { tool, lastWords, prompt } = meaning.facts ?? {}
  return observe(
    {
      source: 'transcript',
      at: timeOf(record.timestamp, at),
      line: `${type} ${tool || lastWords || prompt || ''}`,
      confidence: 'medium',
    },
    meaning,
  )
}

/** One line of a subagent's rollout: its first one tells the name by which Codex calls it. */
export function readCodexSideRecord(line: string, at: number): Observation[] {
  const payload = childOf(parseObject(line), 'payload')
  const id = textOf(payload?.id)
  const title = titleOf(payload?.agent_nickname) ?? titleOf(payload?.agent_role)
  const told = readCodexRecord(line, at)
  if (payload?.parent_thread_id === undefined || id === undefined || !title) return told
  const subagent = { id, title, titleIsChosen: true }
  return told.map((one) => ({ ...one, facts: { ...one.facts, subagent } }))
}

/** Whether a rollout with this first line is of a subagent of this conversation, or of one of its. */
export function isCodexSide(firstLine: string, conversation: string): boolean {
  const payload = childOf(parseObject(firstLine), 'payload')
  const parent = payload?.parent_thread_id
  return parent === conversation || (parent !== undefined && payload?.session_id === conversation)
}

/** The first line of a rollout: when it began, where it is of the user's own thread in this folder. */
export function readCodexHead(line: string, { cwd }: ProcessFacts): number | undefined {
  const record = parseObject(line)
  const payload = childOf(record, 'payload')
  if (record?.type !== 'session_meta' || !payload || payload.cwd !== cwd) return undefined
  const isOwn = payload.parent_thread_id === undefined && childOf(payload, 'source') === undefined
  return isOwn ? timeOf(payload.timestamp, 0) : undefined
}

function recordMeaning(type: string | undefined, payload: Json): Meaning {
  switch (type) {
    case 'session_meta':
      return {
        facts: { conversation: textOf(payload.id) ?? textOf(payload.session_id) },
      }
    case 'turn_context':
      return { facts: { model: textOf(payload.model) } }
    case 'token_usage_record':
      return { facts: totals(childOf(payload, 'thread_token_usage')) }
    case 'response_item':
      return itemMeaning(payload)
    case 'event_msg':
      return eventMeaning(payload)
    default:
      return {}
  }
}

function itemMeaning(item: Json): Meaning {
  switch (item.type) {
    case 'message': {
      // The user's own prompt stands in an event of its own: here are blocks of the harness too.
      const words = item.role === 'assistant' ? lastLine(wordsOf(item.content)) : ''
      return words === '' ? {} : { facts: { lastWords: words } }
    }
    case 'function_call':
    case 'custom_tool_call':
    case 'local_shell_call': {
      const input = item.arguments ?? item.input ?? item.action
      const args = typeof input === 'string' ? (parseObject(input) ?? input) : input
      return {
        says: { type: 'working' },
        facts: { tool: toolLine(textOf(item.name) ?? 'shell', args), toolStarted: true },
      }
    }
    case 'function_call_output':
    case 'custom_tool_call_output':
      return { says: { type: 'working' }, facts: { tool: '' } }
    default:
      return {}
  }
}

function eventMeaning(event: Json): Meaning {
  switch (event.type) {
    case 'task_started':
    case 'turn_started':
      return {
        says: { type: 'working' },
        facts: { usage: known({ contextSize: countOf(event.model_context_window) }) },
      }
    case 'user_message':
      return prompted(textOf(event.message) ?? '')
    case 'item_completed': {
      const item = childOf(event, 'item')
      if (item?.type === 'CollabAgentToolCall') return spawned(item)
      return item?.type === 'UserMessage' ? prompted(wordsOf(item.content)) : {}
    }
    case 'agent_message':
      return { facts: { lastWords: lastLine(textOf(event.message) ?? '') } }
    case 'token_count':
      return { facts: counted(childOf(event, 'info')) }
    case 'stream_error':
      return { says: { type: 'retrying' } }
    case 'thread_name_updated': {
      const title = titleOf(event.thread_name)
      return title === undefined ? {} : { facts: { title, titleIsChosen: true } }
    }
    case 'task_complete':
    case 'turn_complete':
      return completed(event)
    case 'turn_aborted':
      // Another prompt took its place: the next record opens that turn.
      if (event.reason === 'replaced') return { facts: { tool: '' } }
      return { says: { type: 'idle', end: 'interrupted' }, facts: { tool: '' } }
    default:
      return {}
  }
}

/** It has started a subagent, which goes on after the turn that started it. */
function spawned(item: Json): Meaning {
  const [agent] = listOf(item.receiver_agents).map(objectOf)
  const id = textOf(agent?.thread_id)
  if (item.tool !== 'spawn_agent' || id === undefined) return {}
  const title = titleOf(agent?.agent_nickname)
  return { facts: { subagent: known({ id, title, titleIsChosen: true, running: true }) } }
}

function prompted(text: string): Meaning {
  return { says: { type: 'prompted' }, facts: promptFacts(text) }
}

function completed(event: Json): Meaning {
  const failure = event.error
  const words =
    textOf(failure) ?? textOf(objectOf(failure)?.message) ?? textOf(event.last_agent_message)
  return {
    says: failure ? { type: 'failed' } : { type: 'idle', end: 'done' },
    facts: { tool: '', lastWords: words === undefined ? undefined : lastLine(words) },
  }
}

/** The conversation's own totals; its input counts what came from the cache. */
function totals(usage: Json | undefined): ObservedFacts {
  if (!usage) return {}
  const cacheRead = countOf(usage.cached_input_tokens)
  return {
    usage: known({
      input: uncached(countOf(usage.input_tokens), cacheRead),
      output: countOf(usage.output_tokens),
      cacheRead,
      cacheWrite: countOf(usage.cache_write_input_tokens),
    }),
    usageKind: 'total',
  }
}

function counted(info: Json | undefined): ObservedFacts {
  const total = totals(childOf(info, 'total_token_usage'))
  const last = childOf(info, 'last_token_usage')
  const context = known({
    contextUsed: plus(countOf(last?.input_tokens), countOf(last?.output_tokens)),
    contextSize: countOf(info?.model_context_window),
  })
  if (!total.usage && Object.keys(context).length === 0) return {}
  return { ...total, usage: { ...total.usage, ...context } }
}
