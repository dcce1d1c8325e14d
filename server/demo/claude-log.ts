import { randomUUID } from 'node:crypto'
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readRow } from '../lib/proc.ts'
import { type AgentLog, diffLines, type ToolCall } from './files.ts'

const MODEL = 'claude-opus-5-5'

/** The live file and the transcript of Claude Code 2.1. */
export function claudeLog(home: string, cwd: string, conversation: string): AgentLog {
  const root = join(home, '.claude')
  const project = join(root, 'projects', cwd.replaceAll(/[^A-Za-z0-9]/g, '-'))
  const live = join(root, 'sessions', `${process.pid}.json`)
  const start = readRow(process.pid)?.start
  mkdirSync(project, { recursive: true })
  mkdirSync(join(root, 'sessions'), { recursive: true })
  let contextUsed = 21_000
  const write = (at: number, record: object) => {
    const timestamp = new Date(at).toISOString()
    const whole = { ...record, uuid: randomUUID(), timestamp, cwd, sessionId: conversation }
    appendFileSync(join(project, `${conversation}.jsonl`), `${JSON.stringify(whole)}\n`)
  }
  const user = (at: number, content: unknown, more = {}) =>
    write(at, { type: 'user', message: { role: 'user', content }, ...more })
  const assistant = (at: number, block: object, reason: 'end_turn' | 'tool_use', more = {}) => {
    contextUsed += 900
    const usage = { input_tokens: 12, cache_read_input_tokens: contextUsed, output_tokens: 180 }
    write(at, {
      type: 'assistant',
      message: {
        id: `msg_${randomUUID()}`,
        role: 'assistant',
        model: MODEL,
        content: [block],
        stop_reason: reason,
        usage,
      },
      ...more,
    })
  }
  return {
    state(state) {
      const waits = state === 'permission' || state === 'question'
      writeFileSync(
        live,
        JSON.stringify({
          pid: process.pid,
          ...(start === undefined ? {} : { procStart: start }),
          sessionId: conversation,
          status: waits ? 'waiting' : state,
          ...(waits ? { waitingFor: state } : {}),
          statusUpdatedAt: Date.now(),
        }),
      )
    },
    prompt: (text, at) => user(at, text),
    say: (text, at, isLast) =>
      assistant(at, { type: 'text', text }, isLast ? 'end_turn' : 'tool_use'),
    call(tool, at) {
      const id = `toolu_${randomUUID()}`
      assistant(at, { type: 'tool_use', id, ...callOf(tool) }, 'tool_use')
      return (output, endedAt, edit) => {
        const result = [{ type: 'tool_result', tool_use_id: id, content: output }]
        if (!edit) return user(endedAt, result)
        const { removed, added } = diffLines(edit)
        const { line } = edit
        const hunk = { oldStart: line, oldLines: removed.length, newStart: line }
        const structuredPatch = [{ ...hunk, newLines: added.length, lines: [...removed, ...added] }]
        const filePath = join(cwd, edit.path)
        user(endedAt, result, { toolUseResult: { type: 'update', filePath, structuredPatch } })
      }
    },
    done: (_, at) => write(at, { type: 'system', subtype: 'turn_duration', isMeta: false }),
    fail: (text, at) =>
      assistant(at, { type: 'text', text }, 'end_turn', { isApiErrorMessage: true }),
    interrupt: (at) => user(at, [{ type: 'text', text: '[Request interrupted by user]' }]),
  }
}

function callOf({ name, text }: ToolCall): { name: string; input: object } {
  switch (name) {
    case 'shell':
      return { name: 'Bash', input: { command: text } }
    case 'edit':
      return { name: 'Edit', input: { file_path: text } }
    case 'question':
      return { name: 'AskUserQuestion', input: { questions: [{ question: text }] } }
    default:
      return name satisfies never
  }
}
