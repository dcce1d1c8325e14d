import type { Observation, ObservedFacts } from './adapter.ts'
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
  wordsOf,
} from './json.ts'
import { asks, type Meaning, observe } from './meaning.ts'
import { isSynthetic, lastLine, promptFacts, titleOf, toolLine } from './words.ts'

/** One line of a transcript; a subagent's own lines are not the conversation's. */
export function readClaudeRecord(line: string, at: number): Observation[] {
  const record = parseObject(line)
  return !record || record.isSidechain === true ? [] : readRecord(record, at)
}

/** One line of a subagent's log: the same records, each marked as of a side chain. */
export function readClaudeSideRecord(line: string, at: number): Observation[] {
  const record = parseObject(line)
  return record?.isSidechain === true ? readRecord(record, at) : []
}

function readRecord(record: Json, at: number): Observation[] {
  const { says, facts } = recordMeaning(record)
  const type = [textOf(record.type), textOf(record.subtype)].filter(Boolean).join('/')
  const evidence = {
    source: 'transcript' as const,
    at: timeOf(record.timestamp, at),
    line: `${type} ${facts?.tool || facts?.lastWords || facts?.prompt || ''}`,
    confidence: 'medium' as const,
  }
  if (!says && !facts) return []
  return observe(evidence, { says, facts: { conversation: textOf(record.sessionId), ...facts } })
}

function recordMeaning(record: Json): Meaning {
  switch (record.type) {
    case 'user':
      return userRecord(record)
    case 'assistant':
      return assistantRecord(record)
    case 'system':
      return record.subtype === 'api_error' ? { says: { type: 'retrying' } } : {}
    case 'ai-title':
      return titled(record.aiTitle)
    case 'custom-title':
      return titled(record.customTitle)
    case 'summary':
      return titled(record.summary)
    case 'cost-state':
      return { facts: costs(record) }
    default:
      return {}
  }
}

function titled(text: unknown): Meaning {
  const title = titleOf(text)
  return title === undefined ? {} : { facts: { title, titleIsChosen: true } }
}

function userRecord(record: Json): Meaning {
  const content = childOf(record, 'message')?.content
  const words = wordsOf(content)
  if (words.trimStart().startsWith('[Request interrupted by user'))
    return { says: { type: 'idle', end: 'interrupted' }, facts: { tool: '' } }
  if (listOf(content).some((block) => objectOf(block)?.type === 'tool_result'))
    return { says: { type: 'working' }, facts: { tool: '' } }
  if (record.isMeta === true || isSynthetic(words)) return {}
  return { says: { type: 'prompted' }, facts: promptFacts(words) }
}

function assistantRecord(record: Json): Meaning {
  const message = childOf(record, 'message') ?? {}
  const words = lastLine(wordsOf(message.content))
  if (record.isApiErrorMessage === true)
    return { says: { type: 'failed' }, facts: { tool: '', lastWords: words } }
  const call = listOf(message.content)
    .map(objectOf)
    .findLast((block) => block?.type === 'tool_use')
  const model = textOf(message.model)
  const facts: ObservedFacts = known({
    lastWords: words === '' ? undefined : words,
    model: model?.startsWith('<') ? undefined : model,
    ...usageOf(message),
  })
  if (call) {
    const tool = textOf(call.name) ?? 'tool'
    if (tool === 'AskUserQuestion') return { says: asks('question', tool, call.input), facts }
    return {
      says: { type: 'working' },
      facts: { ...facts, tool: toolLine(tool, call.input), toolStarted: true },
    }
  }
  const isOver = /^(end_turn|stop_sequence|max_tokens|refusal)$/.test(String(message.stop_reason))
  return { says: isOver ? { type: 'idle', end: 'done' } : { type: 'working' }, facts }
}

/** Every block of one message repeats its usage: the message's id makes it count once. */
function usageOf(message: Json): ObservedFacts {
  const usage = objectOf(message.usage)
  const id = textOf(message.id)
  if (!usage || id === undefined) return {}
  const input = countOf(usage.input_tokens)
  const output = countOf(usage.output_tokens)
  const cacheRead = countOf(usage.cache_read_input_tokens)
  const cacheWrite = countOf(usage.cache_creation_input_tokens)
  const contextUsed = plus(plus(plus(input, cacheRead), cacheWrite), output)
  return {
    usage: known({ input, output, cacheRead, cacheWrite, contextUsed }),
    usageKind: 'sum',
    recordId: id,
  }
}

/** Written at the end: what the whole conversation took, over all models. */
function costs(record: Json): ObservedFacts {
  const models = Object.values(objectOf(record.modelUsage) ?? {}).map((model) => objectOf(model))
  const sum = (key: string) =>
    models.reduce<number | undefined>(
      (total, model) => plus(countOf(model?.[key]), total),
      undefined,
    )
  return {
    usage: known({
      input: sum('inputTokens'),
      output: sum('outputTokens'),
      cacheRead: sum('cacheReadInputTokens'),
      cacheWrite: sum('cacheCreationInputTokens'),
      costUsd: countOf(record.totalCostUSD),
    }),
    usageKind: 'total',
  }
}
