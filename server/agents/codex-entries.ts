import { called, type EntryPart, type ResultPart, returned, said } from './entry.ts'
import { childOf, type Json, objectOf, parseObject, textOf, timeOf, wordsOf } from './json.ts'

/** What one line of a Codex rollout adds to the conversation. */
export function readCodexEntries(line: string): EntryPart[] {
  const record = parseObject(line)
  const payload = childOf(record, 'payload')
  if (!record || !payload) return []
  const at = timeOf(record.timestamp, 0)
  if (record.type === 'response_item') return itemParts(payload, at)
  if (record.type === 'event_msg') return eventParts(payload, at)
  return record.type === 'compacted' ? said('note', at, 'The conversation was compacted.') : []
}

function itemParts(item: Json, at: number): EntryPart[] {
  switch (item.type) {
    case 'message':
      // What stands under the user's name here is mostly the harness's; prompts have an event.
      return item.role === 'assistant' ? said('agent', at, wordsOf(item.content)) : []
    case 'reasoning':
      return said('thinking', at, wordsOf(item.summary) || wordsOf(item.content))
    case 'function_call':
    case 'custom_tool_call':
    case 'local_shell_call': {
      const input = item.arguments ?? item.input ?? item.action
      const args = typeof input === 'string' ? (parseObject(input) ?? input) : input
      return called(item.call_id ?? item.id, at, item.name ?? 'shell', args)
    }
    case 'function_call_output':
    case 'custom_tool_call_output': {
      const output = outputOf(item.output)
      return returned(item.call_id, at, statusOf(output, item.output), output)
    }
    default:
      return []
  }
}

/** A string, the same inside a JSON object of older versions, or blocks. */
function outputOf(output: unknown): string {
  if (typeof output !== 'string') return textOf(objectOf(output)?.output) ?? wordsOf(output)
  return textOf(parseObject(output)?.output) ?? output
}

function statusOf(text: string, raw: unknown): ResultPart['status'] {
  if (/^(Wall time: .*\n)?(aborted by user|rejected by user)/m.test(text)) return 'denied'
  const told = typeof raw === 'string' ? parseObject(raw) : objectOf(raw)
  const code = childOf(told, 'metadata')?.exit_code ?? /exited with code (\d+)/.exec(text)?.[1]
  return code === undefined || Number(code) === 0 ? 'done' : 'failed'
}

function eventParts(event: Json, at: number): EntryPart[] {
  switch (event.type) {
    case 'user_message':
      return said('user', at, textOf(event.message))
    case 'item_completed':
      return completedParts(childOf(event, 'item') ?? {}, at)
    case 'turn_aborted':
      return said('note', at, 'Interrupted by the user.')
    case 'stream_error':
      return said('note', at, textOf(event.message) ?? 'A request to the model is tried again.')
    case 'error':
      return said('note', at, textOf(event.message))
    case 'task_complete':
    case 'turn_complete':
      return said('note', at, textOf(event.error) ?? textOf(objectOf(event.error)?.message))
    default:
      return []
  }
}

/** Commands and messages stand among the response items, too; prompts and edited files do not. */
function completedParts(item: Json, at: number): EntryPart[] {
  if (item.type === 'UserMessage') return said('user', at, wordsOf(item.content))
  if (item.type !== 'FileChange') return []
  const changes = Object.entries(objectOf(item.changes) ?? {})
  const diff = changes
    .map(([path, change]) => {
      const { unified_diff, update } = objectOf(change) ?? {}
      const text = textOf(unified_diff) ?? textOf(objectOf(update)?.unified_diff)
      return text === undefined ? '' : `--- a/${path}\n+++ b/${path}\n${text.trimEnd()}\n`
    })
    .join('')
  const isDone = item.status === undefined || item.status === 'completed'
  return returned(item.id, at, isDone ? 'done' : 'failed', '', diff || undefined)
}
