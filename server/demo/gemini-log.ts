import { createHash, randomUUID } from 'node:crypto'
import { appendFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type AgentLog, hunkOf, type ToolCall } from './files.ts'

const MODEL = 'gemini-2.5-pro'

/** The chat file of Gemini CLI 0.61. A record with tools is written again when they have ended. */
export function geminiLog(home: string, cwd: string, conversation: string): AgentLog {
  const projectHash = createHash('sha256').update(cwd).digest('hex')
  const folder = join(home, '.gemini', 'tmp', projectHash, 'chats')
  mkdirSync(folder, { recursive: true })
  const startTime = new Date().toISOString()
  const minute = startTime.slice(0, 16).replace(':', '-')
  const file = join(folder, `session-${minute}-${conversation.slice(0, 8)}.jsonl`)
  let total = 9_000
  const write = (record: object) => appendFileSync(file, `${JSON.stringify(record)}\n`)
  const record = (at: number, type: string, content: unknown, more = {}) =>
    write({ id: randomUUID(), timestamp: new Date(at).toISOString(), type, content, ...more })
  const model = (at: number, text: string, more = {}) => {
    total += 700
    const tokens = { input: total - 180, output: 180, cached: total - 900, total }
    record(at, 'gemini', text, { model: MODEL, tokens, ...more })
  }
  write({ sessionId: conversation, projectHash, startTime, lastUpdated: startTime, kind: 'main' })
  return {
    prompt: (text, at) => record(at, 'user', [{ text }]),
    say: (text, at) => model(at, text),
    call(tool, at) {
      const id = randomUUID()
      const call = { id: randomUUID(), ...callOf(tool) }
      model(at, '', { id, toolCalls: [call] })
      return (output, endedAt, edit) => {
        const ended = {
          ...call,
          status: 'success',
          timestamp: new Date(endedAt).toISOString(),
          result: [{ functionResponse: { response: { output } } }],
          ...(edit ? { resultDisplay: { fileDiff: hunkOf(edit) } } : {}),
        }
        model(endedAt, '', { id, toolCalls: [ended] })
      }
    },
    // No record says that a turn is over.
    done: () => {},
    fail: (text, at) => record(at, 'error', text),
    interrupt: (at) => record(at, 'info', 'Request cancelled.'),
  }
}

function callOf({ name, text }: ToolCall): { name: string; args: object } {
  switch (name) {
    case 'shell':
      return { name: 'run_shell_command', args: { command: text } }
    case 'edit':
      return { name: 'replace', args: { file_path: text } }
    case 'question':
      return { name: 'ask_user', args: { questions: [{ question: text }] } }
    default:
      return name satisfies never
  }
}
