import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { text as readText } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'
import { anthropic } from './anthropic.ts'
import { chat } from './chat.ts'
import { gemini } from './gemini.ts'
import type { Json, Protocol, Question } from './protocol.ts'
import { responses } from './responses.ts'
import { readScript, type Script, TRAP, talk } from './script.ts'
import { callOf, fill } from './tools.ts'

const PROTOCOLS: readonly Protocol[] = [anthropic, responses, chat, gemini]

/** Between two pieces of an answer (milliseconds). */
const PIECE_MS = 200

/** What the model did, and when: what an agent shows can only come after it. */
export interface ModelEvent {
  at: number
  /** `cut`: the agent closed the line; `toolless`: the script named a tool that it does not have. */
  type: 'asked' | 'called' | 'toolless' | 'answered' | 'failed' | 'cut' | 'missed'
  detail: string
}

/**
 * A model on 127.0.0.1 that does what the prompt says (`script.ts`) in the protocol in which it was
 * asked. It stands for the service that a coding agent talks to, and leaves the machine never.
 */
export class ScriptedModel {
  readonly events: ModelEvent[] = []
  /** The folder in which the agent works. */
  readonly #cwd: string
  readonly #sockets = new Set<Socket>()
  #server: Server | undefined
  #port = 0

  constructor(cwd: string) {
    this.#cwd = cwd
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  /** Listens; after `stop` again on the same port. */
  async start(): Promise<void> {
    const server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => {
        this.#note('missed', `${request.url}: ${error}`)
        response.destroy()
      })
    })
    server.on('connection', (socket) => {
      this.#sockets.add(socket)
      socket.once('close', () => this.#sockets.delete(socket))
    })
    await new Promise<void>((done, failed) => {
      server.once('error', failed)
      server.listen(this.#port, '127.0.0.1', done)
    })
    this.#port = (server.address() as AddressInfo).port
    this.#server = server
  }

  /** Ends all answers in the middle and refuses new ones, as a service that goes down. */
  async stop(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    const closed = new Promise<void>((done) => (server ? server.close(() => done()) : done()))
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  #note(type: ModelEvent['type'], detail = ''): void {
    this.events.push({ at: Date.now(), type, detail })
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? ''
    const text = await readText(request)
    const protocol = PROTOCOLS.find((one) => one.matches(path))
    if (request.method !== 'POST' || !protocol) return this.#other(path, response)
    const question = protocol.read(path, JSON.parse(text) as Json)
    // Without tools it is one of the agent's own errands, such as a title for the conversation.
    if (question.schema || question.tools.length === 0) return errand(protocol, question, response)
    const found = readScript(question)
    this.#note('asked', protocol.name)
    const script = found?.script ?? { slow: 0, final: 0, trap: false }
    if (script.error !== undefined) {
      this.#note('failed', `${script.error}`)
      return sendJson(response, script.error, protocol.failure(script.error, 'scripted failure'))
    }
    await this.#play({ protocol, question, script, results: found?.results ?? 0, response })
  }

  async #play({ protocol, question, script, results, response }: Playing): Promise<void> {
    const isFirst = results === 0
    const call = isFirst && script.tool ? callOf(script.tool, question.tools, this.#cwd) : undefined
    if (isFirst && script.tool && !call) this.#note('toolless', script.tool)
    if (!question.streams) {
      sendJson(response, 200, protocol.whole(question, 'All done.', call))
      return this.#note(call ? 'called' : 'answered', call?.tool.name)
    }
    const answer = protocol.stream(question, sender(response))
    answer.begin()
    const until = Date.now() + (isFirst ? script.slow : script.final) * 1_000
    for (let n = 0; n === 0 || Date.now() < until; n += 1) {
      answer.say(talk(n))
      await wait(PIECE_MS)
      if (response.destroyed) return this.#note('cut')
    }
    if (script.trap) answer.say(TRAP)
    if (call) answer.call(call)
    else if (!script.trap) answer.say(isFirst ? '\n\nThat is my answer.' : '\n\nAll done now.')
    answer.end()
    response.end()
    this.#note(call ? 'called' : 'answered', call?.tool.name)
  }

  /** What agents ask besides: how many tokens this is, which models there are. */
  #other(path: string, response: ServerResponse): void {
    if (/count_?tokens/i.test(path)) {
      sendJson(response, 200, { input_tokens: 1_200, totalTokens: 1_200 })
    } else if (/\/models\b/.test(path)) {
      const models = ['gpt-5', 'gpt-4.1', 'scripted'].map((id) => ({ id, object: 'model' }))
      sendJson(response, 200, { object: 'list', data: models, models: [] })
    } else {
      this.#note('missed', path)
      sendJson(response, 404, { error: { message: 'no such route' } })
    }
  }
}

interface Playing {
  protocol: Protocol
  question: Question
  script: Script
  results: number
  response: ServerResponse
}

function errand(protocol: Protocol, question: Question, response: ServerResponse): void {
  const values = { title: 'Scripted title', next_speaker: 'user', model_choice: 'flash' }
  const words = question.schema ? JSON.stringify(fill(question.schema, values)) : values.title
  if (question.streams) {
    const answer = protocol.stream(question, sender(response))
    answer.begin()
    answer.say(words)
    answer.end()
    response.end()
  } else {
    sendJson(response, 200, protocol.whole(question, words))
  }
}

/** Server-sent events; the headers go with the first one. */
function sender(response: ServerResponse): (data: Json | '[DONE]', event?: string) => void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
  return (data, event) => {
    const text = data === '[DONE]' ? data : JSON.stringify(data)
    response.write(`${event ? `event: ${event}\n` : ''}data: ${text}\n\n`)
  }
}

function sendJson(response: ServerResponse, status: number, body: Json): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}
