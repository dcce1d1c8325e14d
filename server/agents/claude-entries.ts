import { called, type EntryPart, type ResultPart, returned, said } from './entry.ts'
import {
  childOf,
  countOf,
  type Json,
  listOf,
  objectOf,
  parseObject,
  textOf,
  timeOf,
  wordsOf,
} from './json.ts'
import { isSynthetic } from './words.ts'

/** What one line of a Claude Code transcript adds to the conversation. */
export function readClaudeEntries(line: string): EntryPart[] {
  const record = parseObject(line)
  if (!record) return []
  const at = timeOf(record.timestamp, 0)
  const subagent = record.isSidechain === true ? (textOf(record.agentId) ?? 'subagent') : undefined
  switch (record.type) {
    case 'user':
      return userParts(record, at, subagent)
    case 'assistant':
      return assistantParts(record, at, subagent)
    case 'system':
      return systemParts(record, at)
    default:
      return []
  }
}

function userParts(record: Json, at: number, subagent: string | undefined): EntryPart[] {
  const content = childOf(record, 'message')?.content
  const results = listOf(content)
    .map(objectOf)
    .filter((block) => block?.type === 'tool_result')
    .flatMap((block) =>
      returned(
        block?.tool_use_id,
        at,
        statusOf(record, block),
        wordsOf(block?.content),
        diffOf(objectOf(record.toolUseResult)),
      ),
    )
  const words = wordsOf(content)
  if (words.startsWith('[Request interrupted by user')) {
    return [...results, ...said('note', at, 'Interrupted by the user.')]
  }
  // The harness writes under the user's name: context, commands, news of background tasks.
  if (results.length > 0 || record.isMeta === true || isSynthetic(words)) return results
  const images = listOf(content).filter((block) => objectOf(block)?.type === 'image').length
  const shown = images === 0 ? words : `${words}\n[${images} image${images === 1 ? '' : 's'}]`
  return said('user', at, shown.trim(), { subagent })
}

function statusOf(record: Json, block: Json | undefined): ResultPart['status'] {
  if (textOf(record.toolDenialKind) !== undefined) return 'denied'
  return block?.is_error === true ? 'failed' : 'done'
}

function assistantParts(record: Json, at: number, subagent: string | undefined): EntryPart[] {
  const content = childOf(record, 'message')?.content
  // The program itself reports a failed request in the model's name.
  if (record.isApiErrorMessage === true) return said('note', at, wordsOf(content))
  if (typeof content === 'string') return said('agent', at, content, { subagent })
  return listOf(content)
    .map(objectOf)
    .flatMap((block): EntryPart[] => {
      switch (block?.type) {
        case 'text':
          return said('agent', at, textOf(block.text), { subagent })
        case 'thinking':
          return said('thinking', at, textOf(block.thinking), { subagent })
        case 'tool_use':
          return called(block.id, at, block.name, block.input, subagent)
        default:
          return []
      }
    })
}

function systemParts(record: Json, at: number): EntryPart[] {
  switch (record.subtype) {
    case 'compact_boundary':
      return said('note', at, 'The conversation was compacted.')
    case 'api_error':
      return said('note', at, 'A request to the model failed and is tried again.')
    default:
      return []
  }
}

/** Edits tell their hunks apart from the text of the result. */
function diffOf(result: Json | undefined): string | undefined {
  const path = textOf(result?.filePath)
  const hunks = listOf(result?.structuredPatch).map(objectOf)
  if (path === undefined) return undefined
  const head = `--- a${path}\n+++ b${path}\n`
  const created = result?.type === 'create' ? textOf(result.content) : undefined
  if (hunks.length === 0 && created === undefined) return undefined
  if (created !== undefined) {
    const lines = created.replace(/\n$/, '').split('\n')
    return `${head}@@ -0,0 +1,${lines.length} @@\n${lines.map((line) => `+${line}\n`).join('')}`
  }
  const bodies = hunks.map((hunk) => {
    const side = (start: unknown, lines: unknown) => `${countOf(start) ?? 0},${countOf(lines) ?? 0}`
    const old = side(hunk?.oldStart, hunk?.oldLines)
    const now = side(hunk?.newStart, hunk?.newLines)
    const lines = listOf(hunk?.lines).filter((line) => typeof line === 'string')
    return `@@ -${old} +${now} @@\n${lines.map((line) => `${line}\n`).join('')}`
  })
  return head + bodies.join('')
}
