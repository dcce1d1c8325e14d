import { called, type EntryPart, type ResultPart, returned, said } from './entry.ts'
import {
  childOf,
  type Json,
  listOf,
  objectOf,
  parseObject,
  textOf,
  timeOf,
  wordsOf,
} from './json.ts'
import { isSynthetic } from './words.ts'

/**
 * What one line of a Gemini chat file adds to the conversation. A record is written again, under
 * its id, when its tools have ended. After a cancelled request the whole history is written once
 * more as the model gets it, in blocks and behind a session context: that is told already.
 */
export function readGeminiEntries(line: string): EntryPart[] {
  const record = parseObject(line)
  if (!record) return []
  const at = timeOf(record.timestamp, 0)
  const id = textOf(record.id)
  switch (record.type) {
    case 'user': {
      const words = wordsOf(record.content)
      return isSynthetic(words) ? [] : said('user', at, words, { id })
    }
    case 'gemini':
      return Array.isArray(record.content) ? [] : modelParts(record, at, id)
    case 'info':
    case 'warning':
    case 'error':
      return said('note', at, wordsOf(record.content), { id })
    default:
      return []
  }
}

function modelParts(record: Json, at: number, id: string | undefined): EntryPart[] {
  const thoughts = listOf(record.thoughts)
    .map(objectOf)
    .map((thought) => [textOf(thought?.subject), textOf(thought?.description)].filter(Boolean))
    .map((lines) => lines.join('\n'))
    .join('\n\n')
  return [
    ...said('thinking', at, thoughts, { id: id && `${id}.thoughts` }),
    ...said('agent', at, wordsOf(record.content), { id }),
    ...listOf(record.toolCalls)
      .map(objectOf)
      .flatMap((call) => toolParts(call ?? {}, at)),
  ]
}

function toolParts(call: Json, at: number): EntryPart[] {
  const status = textOf(call.status)
  const output = listOf(call.result)
    .map((part) => childOf(part, 'functionResponse', 'response'))
    .map((response) => textOf(response?.output) ?? textOf(response?.error) ?? '')
    .join('\n')
  const parts: EntryPart[] = called(call.id, at, call.name, call.args)
  if (status === undefined || !(status in STATUS)) return parts
  const diff = textOf(childOf(call, 'resultDisplay')?.fileDiff)
  const exit = /^Exit Code: (\d+)/m.exec(output)?.[1]
  const hasFailed = exit !== undefined && exit !== '0'
  const ended = timeOf(call.timestamp, at)
  const how = hasFailed ? 'failed' : (STATUS[status] ?? 'done')
  return [...parts, ...returned(call.id, ended, how, output, diff)]
}

/** Other words mean that it has not ended. */
const STATUS: Readonly<Record<string, ResultPart['status']>> = {
  success: 'done',
  error: 'failed',
  cancelled: 'denied',
}
