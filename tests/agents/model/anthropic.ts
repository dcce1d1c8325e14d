import {
  type Call,
  type Json,
  type Message,
  newId,
  object,
  objects,
  type Protocol,
  type Question,
  TOKENS,
  wordsOf,
} from './protocol.ts'

const KINDS = { 400: 'invalid_request_error', 401: 'authentication_error', 429: 'rate_limit_error' }

const USAGE = {
  input_tokens: TOKENS.fresh,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: TOKENS.cached,
}

/** Anthropic's Messages API (docs.anthropic.com/en/api/messages-streaming). */
export const anthropic: Protocol = {
  name: 'anthropic',
  matches: (path) => /\/messages(\?|$)/.test(path),
  read(_path, body) {
    const format = object(object(body.output_config).format ?? body.output_format)
    return {
      model: `${body.model}`,
      streams: body.stream === true,
      messages: objects(body.messages).map(readMessage),
      tools: objects(body.tools).map(({ name, input_schema }) => ({
        name: `${name}`,
        schema: object(input_schema),
      })),
      ...(format.schema ? { schema: object(format.schema) } : {}),
    }
  },
  stream(question, send) {
    const tell = (type: string, more: Json) => send({ type, ...more }, type)
    let index = -1
    let isTalking = false
    let reason = 'end_turn'
    const open = (block: Json) => {
      index += 1
      tell('content_block_start', { index, content_block: block })
    }
    const add = (delta: Json) => tell('content_block_delta', { index, delta })
    const close = () => tell('content_block_stop', { index })
    const stopTalking = () => {
      if (isTalking) close()
      isTalking = false
    }
    return {
      begin() {
        const message = { ...wrap(question, [], null), usage: { ...USAGE, output_tokens: 1 } }
        tell('message_start', { message })
      },
      say(words) {
        if (!isTalking) open({ type: 'text', text: '' })
        isTalking = true
        add({ type: 'text_delta', text: words })
      },
      call({ tool, input }) {
        stopTalking()
        reason = 'tool_use'
        open({ type: 'tool_use', id: newId('toolu_'), name: tool.name, input: {} })
        add({ type: 'input_json_delta', partial_json: JSON.stringify(input) })
        close()
      },
      end() {
        stopTalking()
        tell('message_delta', {
          delta: { stop_reason: reason, stop_sequence: null },
          usage: { output_tokens: TOKENS.output },
        })
        tell('message_stop', {})
      },
    }
  },
  whole: (question, words, call) =>
    call
      ? wrap(question, [toolUse(call)], 'tool_use')
      : wrap(question, [{ type: 'text', text: words }], 'end_turn'),
  failure: (status, reason) => ({
    type: 'error',
    error: { type: KINDS[status as keyof typeof KINDS] ?? 'api_error', message: reason },
    request_id: newId('req_'),
  }),
}

function readMessage({ role, content }: Json): Message {
  const parts = objects(content)
  const has = (type: string) => parts.some((part) => part.type === type)
  const text = Array.isArray(content) ? parts.filter((part) => part.type === 'text') : content
  return {
    from: role === 'assistant' ? 'model' : 'user',
    text: wordsOf(text),
    holds: has('tool_result') ? 'result' : has('tool_use') ? 'call' : 'text',
  }
}

function toolUse({ tool, input }: Call): Json {
  return { type: 'tool_use', id: newId('toolu_'), name: tool.name, input }
}

function wrap(question: Question, content: readonly Json[], reason: string | null): Json {
  return {
    id: newId('msg_'),
    type: 'message',
    role: 'assistant',
    model: question.model,
    content,
    stop_reason: reason,
    stop_sequence: null,
    usage: { ...USAGE, output_tokens: TOKENS.output },
  }
}
