import { randomUUID } from 'node:crypto'
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type AgentLog, hunkOf, type ToolCall } from './files.ts'

const MODEL = 'claude-sonnet-5'

/** The events of Copilot CLI 1.0, in a folder that names the process which uses it. */
export function copilotLog(home: string, _cwd: string, conversation: string): AgentLog {
  const folder = join(home, '.copilot', 'session-state', conversation)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, `inuse.${process.pid}.lock`), '')
  const write = (at: number, type: string, data: object) => {
    const event = { type, data, id: randomUUID(), timestamp: new Date(at).toISOString() }
    appendFileSync(join(folder, 'events.jsonl'), `${JSON.stringify(event)}\n`)
  }
  write(Date.now(), 'session.start', { sessionId: conversation, selectedModel: MODEL })
  return {
    prompt: (text, at) => write(at, 'user.message', { content: text }),
    // A message that calls no tool is the end of its turn.
    say: (content, at, isLast) =>
      write(at, 'assistant.message', { content, toolRequests: isLast ? [] : [{ name: 'bash' }] }),
    call(tool, at) {
      const toolCallId = randomUUID()
      write(at, 'tool.execution_start', { toolCallId, ...callOf(tool) })
      return (content, endedAt, edit) => {
        const names = `--- a/${edit?.path}\n+++ b/${edit?.path}\n`
        const result = { content, ...(edit ? { detailedContent: names + hunkOf(edit) } : {}) }
        write(endedAt, 'tool.execution_complete', { toolCallId, success: true, result })
      }
    },
    done: () => {},
    fail: (message, at) => write(at, 'session.error', { message }),
    interrupt: (at) => write(at, 'abort', { reason: 'user initiated' }),
  }
}

function callOf({ name, text }: ToolCall): { toolName: string; arguments: object } {
  switch (name) {
    case 'shell':
      return { toolName: 'bash', arguments: { command: text } }
    case 'edit':
      return { toolName: 'edit', arguments: { path: text } }
    case 'question':
      return { toolName: 'ask_user', arguments: { question: text } }
    default:
      return name satisfies never
  }
}
