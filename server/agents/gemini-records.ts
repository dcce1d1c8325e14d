import { createHash } from 'node:crypto'
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
import { asks, type Evidenced, type Meaning, observe } from './meaning.ts'
import { uuidOf } from './program.ts'
import { lastLine, promptFacts, titleOf, toolLine } from './words.ts'

/** The first line of a chat: when it began, where it is of this process's folder and no subagent's. */
export function readGeminiHead(line: string, { cwd }: ProcessFacts): number | undefined {
  const head = parseObject(line)
  const project = createHash('sha256').update(cwd).digest('hex')
  return head?.kind === 'main' && head.projectHash === project
    ? timeOf(head.startTime, 0)
    : undefined
}

/**
 * One hook event of Gemini CLI. Its `transcript_path` is not passed on: after a resume it names a
 * file that is never written again, so the conversation's id has to find the file.
 */
export function readGeminiHook({ event, payload, at }: HookEvent): Observation[] {
  const tool = textOf(payload.tool_name)
  const line = tool === undefined ? event : `${event} ${toolLine(tool, payload.tool_input)}`
  const { says, facts } = hookMeaning(event, tool, payload)
  return observe(
    { source: 'hook', at, line, confidence: 'high' },
    { says, facts: { conversation: textOf(payload.session_id), ...facts } },
  )
}

function hookMeaning(event: string, tool: string | undefined, payload: Json): Meaning {
  const input = payload.tool_input
  switch (event) {
    case 'SessionStart':
      return { says: { type: 'started' } }
    case 'BeforeAgent':
      return {
        says: { type: 'prompted' },
        facts: { ...promptFacts(textOf(payload.prompt) ?? ''), tool: '' },
      }
    case 'BeforeTool':
      return tool === 'ask_user'
        ? { says: asks('question', tool, input) }
        : {
            says: { type: 'working' },
            facts: { tool: toolLine(tool ?? 'tool', input), toolStarted: true },
          }
    case 'AfterTool':
      return { says: { type: 'working' }, facts: { tool: '' } }
    // Fires before every request, compression or not.
    case 'PreCompress':
    case 'BeforeModel':
    case 'BeforeToolSelection':
      return { says: { type: 'working' } }
    case 'Notification':
      return notification(payload)
    case 'AfterAgent': {
      // Also after Esc and API errors: how the turn ended, others have to tell.
      const words = textOf(payload.prompt_response)
      return {
        says: { type: 'idle' },
        facts: { tool: '', lastWords: words === undefined ? undefined : lastLine(words) },
      }
    }
    default:
      // SessionEnd comes three times; only the process itself proves that it is gone.
      return {}
  }
}

function notification(payload: Json): Meaning {
  if (payload.notification_type !== 'ToolPermission') return {}
  const details = objectOf(payload.details) ?? {}
  const kind = textOf(details.type)
  // The question tool reports itself as a permission; its own event told the question.
  if (kind === 'ask_user') return { says: { type: 'asking', ask: { kind: 'question', text: '' } } }
  const told = known({
    command: details.command,
    path: details.filePath ?? details.fileName,
    description: details.title,
  })
  return { says: asks('permission', textOf(details.rootCommand) ?? kind, told) }
}

/**
 * One line of a chat file. `$set` lines replace what was written before and tell nothing new; no
 * record says that a turn is over, only that it was cancelled or failed.
 */
export function readGeminiRecord(line: string, at: number): Observation[] {
  const record = parseObject(line)
  if (!record) return []
  const meaning = recordMeaning(record)
  return [
    ...observe(evidenceOf(record, meaning, at), meaning),
    ...listOf(record.toolCalls).flatMap((call) => delegated(objectOf(call) ?? {}, at)),
  ]
}

/** One line of a subagent's chat. Its tools are written when they are done, its end nowhere here. */
export function readGeminiSideRecord(line: string, at: number): Observation[] {
  const record = parseObject(line)
  if (!record || record.kind !== undefined) return []
  const { says, facts } = recordMeaning(record)
  const goesOn = record.type === 'gemini' && record.content !== undefined
  const meaning: Meaning = {
    ...(goesOn ? { says: { type: 'working' as const } } : known({ says })),
    facts: { ...facts, tool: '' },
  }
  return says || goesOn ? observe(evidenceOf(record, meaning, at), meaning) : []
}

function evidenceOf(record: Json, { facts = {} }: Meaning, at: number): Evidenced {
  const { tool, lastWords, prompt } = facts
  return {
    source: 'transcript',
    at: timeOf(record.timestamp ?? record.startTime, at),
    line: `${textOf(record.type) ?? 'session'} ${tool || lastWords || prompt || ''}`,
    confidence: 'medium',
  }
}

/** A call that was a subagent's whole work; it is written when that is over. */
function delegated(call: Json, now: number): Observation[] {
  const { agentId, status, resultDisplay } = call
  // One that was cancelled is named by the ids of what it did alone: `<id>#0-0`.
  const [act] = listOf(objectOf(resultDisplay)?.recentActivity).map(objectOf)
  const id = textOf(agentId) ?? uuidOf(textOf(act?.id)?.replace(/#.*$/, ''))
  if (id === undefined || status === undefined) return []
  const title = titleOf(objectOf(resultDisplay)?.agentName)
  const at = timeOf(call.timestamp, now)
  return observe(
    { source: 'transcript', at, line: `subagent ${status}`, confidence: 'medium' },
    { facts: { subagent: known({ id, title, running: false }) } },
  )
}

function recordMeaning(record: Json): Meaning {
  switch (record.type) {
    case 'user': {
      const words = wordsOf(record.content)
      const hasWords = listOf(record.content).length === 0 || words !== ''
      // Answers of tools are messages of the user too, without a word of text.
      return hasWords && words !== ''
        ? { says: { type: 'prompted' }, facts: promptFacts(words) }
        : {}
    }
    case 'gemini':
      return said(record)
    case 'info':
      return /^Request cancelled\b/.test(wordsOf(record.content))
        ? { says: { type: 'idle', end: 'interrupted' }, facts: { tool: '' } }
        : {}
    case 'error':
      return {
        says: { type: 'failed' },
        facts: { tool: '', lastWords: lastLine(wordsOf(record.content)) },
      }
    default:
      // The head of a file; a subagent's file is no conversation.
      return record.kind === 'main' ? { facts: { conversation: textOf(record.sessionId) } } : {}
  }
}

function said(record: Json): Meaning {
  const words = lastLine(wordsOf(record.content))
  const call = objectOf(listOf(record.toolCalls).at(-1))
  const name = textOf(call?.name)
  return {
    // An answer that calls no tool may be the last or one of many: it says nothing about the turn.
    ...(name === undefined ? {} : { says: { type: 'working' as const } }),
    facts: {
      lastWords: words === '' ? undefined : words,
      model: textOf(record.model),
      ...(name === undefined ? {} : { tool: toolLine(name, call?.args) }),
      ...used(childOf(record, 'tokens'), textOf(record.id)),
    },
  }
}

/** Input counts what came from the cache; thoughts are output that is paid for. */
function used(tokens: Json | undefined, recordId: string | undefined): ObservedFacts {
  if (!tokens || recordId === undefined) return {}
  const cacheRead = countOf(tokens.cached)
  return {
    usage: known({
      input: uncached(countOf(tokens.input), cacheRead),
      output: plus(countOf(tokens.output), countOf(tokens.thoughts)),
      cacheRead,
      contextUsed: countOf(tokens.total),
    }),
    usageKind: 'sum',
    recordId,
  }
}
