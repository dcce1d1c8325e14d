import type { HookEvent, Observation, ObservedFacts } from './adapter.ts'
import {
  childOf,
  countOf,
  type Json,
  known,
  listOf,
  objectOf,
  plus,
  textOf,
  wordsOf,
} from './json.ts'
import { asks, type Meaning, observe } from './meaning.ts'
import { lastLine, oneLine, promptFacts, titleOf, toolLine } from './words.ts'

/** One event of opencode's bus, or one call of its plugin interface (`tool.execute.before`). */
export function readOpencodeEvent({ event, payload, at }: HookEvent): Observation[] {
  const name = event.replace(/^event:/, '').replace(/\/.*$/, '')
  const properties = objectOf(payload.properties) ?? payload
  const info = childOf(properties, 'info')
  const meaning = eventMeaning(name, properties, info)
  const { tool, lastWords, prompt } = meaning.facts ?? {}
  return observe(
    {
      source: 'live',
      at,
      line: `${name} ${tool || lastWords || prompt || textOf(childOf(properties, 'status')?.type) || ''}`,
      confidence: 'high',
    },
    meaning,
  )
}

function eventMeaning(name: string, properties: Json, info: Json | undefined): Meaning {
  const conversation = textOf(properties.sessionID) ?? textOf(info?.id)
  switch (name) {
    case 'session.created':
    case 'session.updated':
      return session(info ?? {}, name === 'session.created')
    case 'session.status':
      return { says: status(childOf(properties, 'status')?.type), facts: { conversation } }
    case 'session.idle':
      // Follows an error too, so it does not tell how the turn ended.
      return { says: { type: 'idle' }, facts: { conversation, tool: '' } }
    case 'session.error':
      return failure(childOf(properties, 'error') ?? {}, conversation)
    case 'chat.message':
      return prompted(properties, conversation)
    case 'message.updated':
      return message(info ?? {}, conversation)
    case 'tool.execute.before':
      return {
        says: { type: 'working' },
        facts: {
          conversation,
          tool: toolLine(textOf(properties.tool) ?? 'tool', properties.args),
          toolStarted: true,
        },
      }
    case 'tool.execute.after':
      return { says: { type: 'working' }, facts: { conversation, tool: '' } }
    case 'permission.asked':
    case 'permission.updated':
      return { ...permission(properties), facts: { conversation } }
    case 'question.asked':
      return {
        says: asks('question', 'question', properties, textOf(properties.id)),
        facts: { conversation },
      }
    case 'permission.replied':
    case 'question.replied':
    case 'question.rejected':
      return { says: { type: 'working' }, facts: { conversation } }
    default:
      return {}
  }
}

function status(type: unknown): Meaning['says'] {
  if (type === 'busy') return { type: 'working' }
  if (type === 'retry') return { type: 'retrying' }
  return type === 'idle' ? { type: 'idle' } : undefined
}

function failure(error: Json, conversation: string | undefined): Meaning {
  if (error.name === 'MessageAbortedError')
    return { says: { type: 'idle', end: 'interrupted' }, facts: { conversation, tool: '' } }
  const words = textOf(childOf(error, 'data')?.message) ?? textOf(error.message)
  return {
    says: { type: 'failed' },
    facts: { conversation, tool: '', lastWords: words === undefined ? undefined : lastLine(words) },
  }
}

/** A session of a subagent names its parent: it is no conversation of the user's. */
function session(info: Json, isNew: boolean): Meaning {
  const id = textOf(info.id)
  const parent = textOf(info.parentID)
  if (id === undefined) return {}
  const title = titleOf(info.title)
  if (parent !== undefined) {
    // Its title changes at its end too: that does not mean that it goes on.
    const running = isNew || undefined
    return { facts: { subagent: known({ id, title, titleIsChosen: true, running }) } }
  }
  return {
    facts: {
      conversation: id,
      ...(title === undefined ? {} : { title, titleIsChosen: true }),
      model: modelOf(childOf(info, 'model')),
      ...totals(info),
    },
  }
}

function totals(info: Json): ObservedFacts {
  const tokens = childOf(info, 'tokens')
  if (!tokens) return {}
  const cache = childOf(tokens, 'cache')
  return {
    usage: known({
      input: countOf(tokens.input),
      output: plus(countOf(tokens.output), countOf(tokens.reasoning)),
      cacheRead: countOf(cache?.read),
      cacheWrite: countOf(cache?.write),
      costUsd: countOf(info.cost),
    }),
    usageKind: 'total',
  }
}

function modelOf(model: Json | undefined): string | undefined {
  return textOf(model?.modelID) ?? textOf(model?.id)
}

function prompted(properties: Json, conversation: string | undefined): Meaning {
  const words = wordsOf(properties.parts) || wordsOf(childOf(properties, 'message')?.parts)
  return {
    says: { type: 'prompted' },
    facts: { conversation, ...promptFacts(words), model: modelOf(childOf(properties, 'model')) },
  }
}

/** An answer that is done carries its time of completion; the prompt has an event of its own. */
function message(info: Json, conversation: string | undefined): Meaning {
  if (info.role !== 'assistant') return {}
  return { facts: { conversation, model: textOf(info.modelID) ?? modelOf(childOf(info, 'model')) } }
}

function permission(properties: Json): Meaning {
  const tool = textOf(properties.permission) ?? textOf(properties.type)
  const patterns = listOf(properties.patterns).filter((part) => typeof part === 'string')
  const told = textOf(childOf(properties, 'metadata')?.command) ?? patterns.join(' ')
  const text = told === '' ? (textOf(properties.title) ?? '') : told
  return { says: asks('permission', tool, oneLine(text), textOf(properties.id)) }
}
