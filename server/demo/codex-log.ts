import { randomUUID } from 'node:crypto'
import { mkdirSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { type AgentLog, hunkOf } from './files.ts'

/** The rollout file of Codex 0.169. It stays open: that is what ties it to its process. */
export function codexLog(home: string, cwd: string, conversation: string): AgentLog {
  const folder = join(home, '.codex', 'sessions', new Date().toISOString().slice(0, 10))
  mkdirSync(folder, { recursive: true })
  const file = openSync(join(folder, `rollout-${Date.now()}-${conversation}.jsonl`), 'a')
  const write = (at: number, type: string, payload: object) => {
    const record = { timestamp: new Date(at).toISOString(), type, payload }
    writeSync(file, `${JSON.stringify(record)}\n`)
  }
  const event = (at: number, type: string, more = {}) => write(at, 'event_msg', { type, ...more })
  const item = (at: number, type: string, more = {}) =>
    write(at, 'response_item', { type, ...more })
  write(Date.now(), 'session_meta', { id: conversation, cwd, cli_version: '0.169.0' })
  write(Date.now(), 'turn_context', { cwd, model: 'gpt-5' })
  return {
    prompt(text, at) {
      event(at, 'task_started', { model_context_window: 258_400 })
      event(at, 'item_completed', {
        item: { type: 'UserMessage', id: randomUUID(), content: [{ type: 'text', text }] },
      })
    },
    say: (text, at) =>
      item(at, 'message', { role: 'assistant', content: [{ type: 'output_text', text }] }),
    call({ name, text }, at) {
      const id = `call_${randomUUID()}`
      const input = JSON.stringify(name === 'shell' ? { cmd: text } : { path: text })
      const tool = name === 'shell' ? 'exec_command' : 'apply_patch'
      item(at, 'function_call', { name: tool, arguments: input, call_id: id })
      return (output, endedAt, edit) => {
        item(endedAt, 'function_call_output', { call_id: id, output })
        if (!edit) return
        const changes = { [edit.path]: { unified_diff: hunkOf(edit) } }
        event(endedAt, 'item_completed', { item: { type: 'FileChange', id, changes } })
      }
    },
    done: (last_agent_message, at) => event(at, 'task_complete', { last_agent_message }),
    fail: (text, at) => event(at, 'task_complete', { error: { message: text } }),
    interrupt: (at) => event(at, 'turn_aborted', { reason: 'interrupted' }),
  }
}
