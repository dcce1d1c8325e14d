import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FakeAgent } from './fake-agent.ts'

/** The transcript of a fake Claude Code, written as the real one writes it. */
export class ClaudeTalk {
  readonly conversation = crypto.randomUUID()
  readonly #path: string
  #lines: string[] = []
  #at: number

  constructor(
    private readonly agent: FakeAgent,
    /** Epoch milliseconds of its first record; each one is a second younger than the one before. */
    startedAt = Date.now(),
  ) {
    this.#at = startedAt
    const folder = join(agent.tmux.dir, '.claude', 'projects', `-${agent.name}`)
    mkdirSync(folder, { recursive: true })
    this.#path = join(folder, `${this.conversation}.jsonl`)
  }

  /** What the user asked. */
  prompt(text: string): this {
    return this.#add('user', { message: { content: text } })
  }

  /** What the agent said, as Markdown. */
  words(text: string): this {
    return this.#add('assistant', { message: { content: [{ type: 'text', text }] } })
  }

  thinking(text: string): this {
    return this.#add('assistant', { message: { content: [{ type: 'thinking', thinking: text }] } })
  }

  /** A tool call, with what it returned unless it still runs. */
  tool(name: string, input: object, output?: string, result: object = {}): this {
    const id = crypto.randomUUID()
    this.#add('assistant', { message: { content: [{ type: 'tool_use', id, name, input }] } })
    if (output === undefined) return this
    const content = [{ type: 'tool_result', tool_use_id: id, content: output }]
    return this.#add('user', { message: { content }, toolUseResult: result })
  }

  /** Puts into the file what was said since the last time. */
  write(): void {
    appendFileSync(this.#path, this.#lines.map((line) => `${line}\n`).join(''))
    this.#lines = []
  }

  /** Empties the file, in which another conversation then begins. */
  forget(): this {
    writeFileSync(this.#path, '')
    this.#lines = []
    return this
  }

  /** Says what it has to say, and tells that the agent works on this conversation, or has stopped. */
  async tell(status: 'busy' | 'idle'): Promise<void> {
    this.write()
    await this.agent.writeLive(status, { sessionId: this.conversation })
  }

  #add(type: string, record: object): this {
    const timestamp = new Date(this.#at).toISOString()
    this.#at += 1_000
    this.#lines.push(JSON.stringify({ type, timestamp, ...record }))
    return this
  }
}
