import { called, type EntryPart, returned, said } from './entry.ts'
import { childOf, type Json, parseObject, textOf, timeOf } from './json.ts'
import { isSynthetic } from './words.ts'

/** What one line of Copilot's `events.jsonl` adds to the conversation. */
export function readCopilotEntries(line: string): EntryPart[] {
  const record = parseObject(line)
  const data = childOf(record, 'data')
  if (!record || !data) return []
  const at = timeOf(record.timestamp, 0)
  const subagent = textOf(data.parentToolCallId) ?? textOf(record.agentId)
  switch (record.type) {
    case 'user.message': {
      const words = textOf(data.content) ?? ''
      return isSynthetic(words) ? [] : said('user', at, words, { subagent })
    }
    case 'assistant.reasoning':
      return said('thinking', at, textOf(data.content) ?? textOf(data.reasoningText), { subagent })
    case 'assistant.message':
      return [
        ...said('thinking', at, textOf(data.reasoningText), { subagent }),
        ...said('agent', at, textOf(data.content), { subagent }),
      ]
    case 'tool.execution_start': {
      const input = typeof data.arguments === 'string' ? parseObject(data.arguments) : undefined
      return called(data.toolCallId, at, data.toolName, input ?? data.arguments, subagent)
    }
    case 'tool.execution_complete':
      return resultParts(data, at)
    case 'permission.completed': {
      const kind = textOf(childOf(data, 'result')?.kind) ?? ''
      return kind.startsWith('denied') ? returned(data.toolCallId, at, 'denied', '') : []
    }
    case 'abort':
      return said('note', at, 'Interrupted by the user.')
    case 'session.error':
      return said('note', at, textOf(data.message))
    case 'session.compaction_complete':
      return said('note', at, 'The conversation was compacted.')
    default:
      return []
  }
}

function resultParts(data: Json, at: number): EntryPart[] {
  const result = childOf(data, 'result')
  const exitCode = childOf(data, 'shellExecution')?.exitCode
  const hasFailed = data.success === false || (typeof exitCode === 'number' && exitCode !== 0)
  const output = textOf(result?.content) ?? textOf(childOf(data, 'error')?.message) ?? ''
  const details = textOf(result?.detailedContent) ?? ''
  const diff = /^(diff --git|--- )/m.test(details) ? details : undefined
  const denied = /^denied/.test(textOf(childOf(data, 'error')?.code) ?? '')
  const status = denied ? 'denied' : hasFailed ? 'failed' : 'done'
  return returned(data.toolCallId, at, status, output, diff)
}
