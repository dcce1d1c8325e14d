import type { HookEvent, Observation, ObservedFacts } from './adapter.ts'
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
} from './json.ts'
import { asks, type Meaning, observe } from './meaning.ts'
import { lastLine, promptFacts, titleOf, toolLine } from './words.ts'

/** Hooks of subagents name a tool call instead of a session: those are not the conversation's. */
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** One hook event of Copilot CLI. Interrupted and denied turns fire none. */
export function readCopilotHook({ event, payload, at }: HookEvent): Observation[] {
  const session = textOf(payload.sessionId)
  if (session !== undefined && !UUID.test(session)) return []
  const tool = textOf(payload.toolName)
  const input = argumentsOf(payload.toolArgs ?? payload.toolInput)
  const meaning = hookMeaning(event, tool, input, payload)
  const line = tool === undefined ? event : `${event} ${toolLine(tool, input)}`
  return observe(
    { source: 'hook', at, line, confidence: 'high' },
    {
      says: meaning.says,
      facts: {
        conversation: session,
        transcript: textOf(payload.transcriptPath),
        ...meaning.facts,
      },
    },
  )
}

/** Some versions send the arguments as text. */
function argumentsOf(value: unknown): unknown {
  return typeof value === 'string' ? (parseObject(value) ?? value) : value
}

function hookMeaning(
  event: string,
  tool: string | undefined,
  input: unknown,
  payload: Json,
): Meaning {
  switch (event) {
    case 'sessionStart':
      // Comes with the first prompt, not with the start.
      return { says: { type: 'started' } }
    case 'userPromptSubmitted':
      return {
        says: { type: 'prompted' },
        facts: { ...promptFacts(textOf(payload.prompt) ?? ''), tool: '' },
      }
    case 'preToolUse':
      return started(tool, input)
    case 'permissionRequest':
      return { says: asks('permission', tool, input) }
    case 'notification':
      return notification(payload)
    case 'postToolUse':
    case 'postToolUseFailure':
      return { says: { type: 'working' }, facts: { tool: '' } }
    case 'agentStop':
      return { says: { type: 'idle', end: 'done' }, facts: { tool: '' } }
    case 'errorOccurred':
      return failure(payload)
    default:
      // sessionEnd comes before the last records are written.
      return {}
  }
}

function started(tool: string | undefined, input: unknown): Meaning {
  if (tool === 'ask_user') return { says: asks('question', tool, input) }
  return {
    says: { type: 'working' },
    facts: { tool: toolLine(tool ?? 'tool', input), toolStarted: true },
  }
}

function notification(payload: Json): Meaning {
  const kind = textOf(payload.notification_type)
  if (kind === 'permission_prompt')
    return { says: { type: 'asking', ask: { kind: 'permission', text: '' } } }
  if (kind === 'elicitation_dialog')
    return { says: { type: 'asking', ask: { kind: 'question', text: '' } } }
  return {}
}

function failure(payload: Json): Meaning {
  if (payload.recoverable === true) return { says: { type: 'retrying' } }
  const words = textOf(childOf(payload, 'error')?.message)
  return { says: { type: 'failed' }, facts: { tool: '', lastWords: words && lastLine(words) } }
}

/**
 * One line of `events.jsonl`. Copilot writes each event as it happens, so its log is the live state
 * itself. A turn's end is its last message (one that calls no tool): `assistant.turn_end` closes
 * every exchange with the model, also those in the middle of a turn.
 */
export function readCopilotRecord(line: string, at: number): Observation[] {
  const record = parseObject(line)
  const data = childOf(record, 'data')
  const type = textOf(record?.type)
  if (!record || !data || type === undefined) return []
  const subagent = textOf(record.agentId) ?? textOf(data.parentToolCallId)
  const meaning =
    subagent === undefined
      ? recordMeaning(type, data, textOf(record.id))
      : subagentMeaning(type, data, subagent)
  const { tool, lastWords, prompt } = meaning.facts ?? {}
  return observe(
    {
      source: 'live',
      at: timeOf(record.timestamp, at),
      line: `${type} ${tool || lastWords || prompt || ''}`,
      confidence: 'high',
    },
    meaning,
  )
}

function recordMeaning(type: string, data: Json, id: string | undefined): Meaning {
  switch (type) {
    case 'session.start':
      return { facts: { conversation: textOf(data.sessionId), model: textOf(data.selectedModel) } }
    case 'session.resume':
      return { facts: { model: textOf(data.selectedModel) } }
    case 'session.model_change':
      return { facts: { model: textOf(data.newModel) } }
    case 'session.title_changed': {
      const title = titleOf(data.title)
      return title === undefined ? {} : { facts: { title, titleIsChosen: true } }
    }
    case 'user.message':
      return { says: { type: 'prompted' }, facts: promptFacts(textOf(data.content) ?? '') }
    case 'assistant.turn_start':
    case 'session.compaction_start':
    case 'human_response.recorded':
      return { says: { type: 'working' } }
    case 'assistant.message':
      return said(data)
    case 'tool.execution_start':
      return started(textOf(data.toolName), argumentsOf(data.arguments))
    case 'tool.execution_complete':
      return { says: { type: 'working' }, facts: { tool: '' } }
    case 'permission.requested':
      return requested(data)
    case 'permission.completed':
      // The record of a refusal may come after that of the turn's end.
      return isApproved(data) ? { says: { type: 'working' } } : {}
    case 'abort':
      return { says: { type: 'idle', end: 'interrupted' }, facts: { tool: '' } }
    case 'session.usage_checkpoint':
      // Esc Esc before the first word of an answer takes the prompt back: its records go, no `abort`.
      return wasRewound(data)
        ? { says: { type: 'idle', end: 'interrupted' }, facts: { tool: '' } }
        : {}
    case 'session.error': {
      const words = textOf(data.message)
      return { says: { type: 'failed' }, facts: { tool: '', lastWords: words && lastLine(words) } }
    }
    case 'session.usage_record':
      return { facts: used(childOf(data, 'usage'), id) }
    case 'session.shutdown':
      return { facts: total(data) }
    case 'subagent.started':
    case 'subagent.completed':
    case 'subagent.failed': {
      // Versions that do not name the subagent itself name the call that it answers.
      const call = textOf(data.toolCallId)
      return call === undefined ? {} : subagentMeaning(type, data, call)
    }
    default:
      return {}
  }
}

/**
 * What a subagent does is not what its parent does; only its dialogs are the parent's too, since
 * they stand on the same screen.
 */
function subagentMeaning(type: string, data: Json, id: string): Meaning {
  if (type.startsWith('subagent.')) {
    const title = titleOf(data.agentDisplayName ?? data.agentName)
    const running = type === 'subagent.started' ? true : undefined
    const isOver = type === 'subagent.completed' || type === 'subagent.failed'
    const news = known({ id, title, running: isOver ? false : running })
    return running || isOver ? { facts: { subagent: news } } : {}
  }
  const { says, facts } = recordMeaning(type, data, undefined)
  const { tool, lastWords } = facts ?? {}
  // That it is over has a record of its own: after its last words it may be asked again.
  const subagent = known({ id, running: says ? true : undefined, tool, lastWords })
  const isDialog = type.startsWith('permission.') || type === 'human_response.recorded'
  return {
    ...(says && isDialog ? { says } : {}),
    ...(Object.keys(subagent).length > 1 ? { facts: { subagent } } : {}),
  }
}

function wasRewound(data: Json): boolean {
  return listOf(data.promptCacheBreakState).some((state) =>
    listOf(objectOf(state)?.pendingRewriteSources).includes('rewind'),
  )
}

function said(data: Json): Meaning {
  const words = lastLine(textOf(data.content) ?? '')
  const facts = { lastWords: words === '' ? undefined : words, model: textOf(data.model) }
  return listOf(data.toolRequests).length > 0
    ? { says: { type: 'working' }, facts }
    : { says: { type: 'idle', end: 'done' }, facts: { ...facts, tool: '' } }
}

function isApproved(data: Json): boolean {
  return /^approved/.test(textOf(childOf(data, 'result')?.kind) ?? '')
}

function requested(data: Json): Meaning {
  const request = objectOf(data.permissionRequest) ?? {}
  const prompt = objectOf(data.promptRequest) ?? {}
  const kind = textOf(request.kind) ?? textOf(prompt.kind)
  const command = textOf(request.fullCommandText) ?? textOf(prompt.fullCommandText)
  const input = command === undefined ? { ...prompt, ...request } : { command }
  const { fileName, ...others } = input as Json
  const id = textOf(data.requestId)
  return { says: asks('permission', kind, fileName ? { path: fileName } : others, id) }
}

/** One call of the model; its input counts what came from the cache. */
function used(usage: Json | undefined, id: string | undefined): ObservedFacts {
  const recordId = textOf(childOf(usage, 'accounting')?.usageId) ?? textOf(usage?.apiCallId) ?? id
  if (!usage || recordId === undefined) return {}
  const input = countOf(usage.inputTokens)
  const cacheRead = countOf(usage.cacheReadTokens)
  return {
    usage: known({
      input: uncached(input, cacheRead),
      output: countOf(usage.outputTokens),
      cacheRead,
      cacheWrite: countOf(usage.cacheWriteTokens),
      contextUsed: plus(input, countOf(usage.outputTokens)),
      contextSize: countOf(usage.maxPromptTokens),
    }),
    usageKind: 'sum',
    recordId,
    model: textOf(usage.model),
  }
}

/** Written after everything else, even after the end hook: the conversation's totals per model. */
function total(data: Json): ObservedFacts {
  const metrics =
    childOf(data, 'modelMetrics') ?? childOf(data, 'accountingSnapshot', 'modelMetrics') ?? {}
  const usages = Object.values(metrics).map((model) => childOf(model, 'usage'))
  if (usages.length === 0) return {}
  const sum = (key: string) =>
    usages.reduce<number | undefined>((all, usage) => plus(countOf(usage?.[key]), all), undefined)
  const cacheRead = sum('cacheReadTokens')
  return {
    usage: known({
      input: uncached(sum('inputTokens'), cacheRead),
      output: sum('outputTokens'),
      cacheRead,
      cacheWrite: sum('cacheWriteTokens'),
    }),
    usageKind: 'total',
  }
}
