import {
  type Call,
  type Json,
  newId,
  object,
  objects,
  type Protocol,
  TOKENS,
  wordsOf,
} from './protocol.ts'

const INPUT = TOKENS.fresh + TOKENS.cached

const USAGE = {
  prompt_tokens: INPUT,
  completion_tokens: TOKENS.output,
  total_tokens: INPUT + TOKENS.output,
  prompt_tokens_details: { cached_tokens: TOKENS.cached },
}

/** OpenAI's Chat Completions (platform.openai.com/docs/api-reference/chat-streaming). */
export const chat: Protocol = {
  name: 'chat',
  matches: (path) => /\/chat\/completions(\?|$)/.test(path),
  read(_path, body) {
    const format = object(object(body.response_format).json_schema)
    return {
      model: `${body.model}`,
      streams: body.stream === true,
      messages: objects(body.messages).map(({ role, content, tool_calls }) => ({
        from: role === 'user' ? 'user' : role === 'tool' ? 'tool' : 'model',
        text: wordsOf(content),
        holds: role === 'tool' ? 'result' : tool_calls ? 'call' : 'text',
      })),
      tools: objects(body.tools).map((tool) => ({
        name: `${object(tool.function).name}`,
        schema: object(object(tool.function).parameters),
      })),
      ...(format.schema ? { schema: object(format.schema) } : {}),
    }
  },
  stream({ model }, send) {
    const head = { id: newId('chatcmpl-'), created: Math.floor(Date.now() / 1_000), model }
    let reason = 'stop'
    const tell = (choices: readonly Json[], more: Json = {}) =>
      send({ ...head, object: 'chat.completion.chunk', choices, ...more })
    const add = (delta: Json, finish: string | null = null) =>
      tell([{ index: 0, delta, finish_reason: finish }])
    return {
      begin: () => add({ role: 'assistant', content: '' }),
      say: (words) => add({ content: words }),
      call(call) {
        reason = 'tool_calls'
        add({ tool_calls: [toolCall(call)] })
      },
      end() {
        add({}, reason)
        tell([], { usage: USAGE })
        send('[DONE]')
      },
    }
  },
  whole: ({ model }, words, call) => ({
    id: newId('chatcmpl-'),
    object: 'chat.completion',
    created: Math.floor(Date.now() / 1_000),
    model,
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: call ? null : words,
          ...(call ? { tool_calls: [toolCall(call)] } : {}),
        },
        finish_reason: call ? 'tool_calls' : 'stop',
      },
    ],
    usage: USAGE,
  }),
  failure: (_status, reason) => ({
    error: { message: reason, type: 'scripted_error', code: null, param: null },
  }),
}

function toolCall({ tool, input }: Call): Json {
  return {
    index: 0,
    id: newId('call_'),
    type: 'function',
    function: { name: tool.name, arguments: JSON.stringify(input) },
  }
}
