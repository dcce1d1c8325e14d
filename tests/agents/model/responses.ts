import {
  type Call,
  type Json,
  type Message,
  newId,
  object,
  objects,
  type Protocol,
  TOKENS,
  type Tool,
  wordsOf,
} from './protocol.ts'

const INPUT = TOKENS.fresh + TOKENS.cached

const USAGE = {
  input_tokens: INPUT,
  input_tokens_details: { cached_tokens: TOKENS.cached },
  output_tokens: TOKENS.output,
  output_tokens_details: { reasoning_tokens: 64 },
  total_tokens: INPUT + TOKENS.output,
}

/** OpenAI's Responses API (platform.openai.com/docs/api-reference/responses-streaming). */
export const responses: Protocol = {
  name: 'responses',
  matches: (path) => /\/responses(\?|$)/.test(path),
  read(_path, body) {
    const input = typeof body.input === 'string' ? [{ role: 'user', content: body.input }] : []
    const format = object(object(body.text).format)
    return {
      model: `${body.model}`,
      streams: body.stream === true,
      messages: [...input, ...objects(body.input)].map(readItem),
      tools: objects(body.tools).flatMap(readTool),
      ...(format.schema ? { schema: object(format.schema) } : {}),
    }
  },
  stream({ model }, send) {
    const id = newId('resp_')
    const output: Json[] = []
    let sequence = 0
    let talk: { id: string; words: string } | undefined
    const tell = (type: string, more: Json) => {
      send({ type, sequence_number: sequence, ...more }, type)
      sequence += 1
    }
    const at = () => ({ output_index: output.length })
    const finish = (item: Json) => {
      tell('response.output_item.done', { ...at(), item })
      output.push(item)
    }
    const stopTalking = () => {
      if (!talk) return
      const place = { item_id: talk.id, ...at(), content_index: 0 }
      const item = messageItem(talk.words, talk.id)
      const part = objects(item.content)[0]
      tell('response.output_text.done', { ...place, text: talk.words })
      tell('response.content_part.done', { ...place, part })
      talk = undefined
      finish(item)
    }
    return {
      begin() {
        const response = wrap(id, model, 'in_progress', output)
        tell('response.created', { response })
        tell('response.in_progress', { response })
      },
      say(words) {
        if (!talk) {
          talk = { id: newId('msg_'), words: '' }
          const item = { ...messageItem('', talk.id), status: 'in_progress', content: [] }
          const part = { type: 'output_text', text: '', annotations: [] }
          tell('response.output_item.added', { ...at(), item })
          tell('response.content_part.added', {
            item_id: talk.id,
            ...at(),
            content_index: 0,
            part,
          })
        }
        talk.words += words
        const place = { item_id: talk.id, ...at(), content_index: 0 }
        tell('response.output_text.delta', { ...place, delta: words })
      },
      call(call) {
        stopTalking()
        const item = callItem(call)
        const empty = call.tool.isFreeform ? { input: '' } : { arguments: '' }
        tell('response.output_item.added', {
          ...at(),
          item: { ...item, ...empty, status: 'in_progress' },
        })
        if (!call.tool.isFreeform) {
          const place = { item_id: item.id, ...at() }
          tell('response.function_call_arguments.delta', { ...place, delta: item.arguments })
          tell('response.function_call_arguments.done', { ...place, arguments: item.arguments })
        }
        finish(item)
      },
      end() {
        stopTalking()
        tell('response.completed', { response: wrap(id, model, 'completed', output) })
      },
    }
  },
  whole: ({ model }, words, call) =>
    wrap(newId('resp_'), model, 'completed', [
      call ? callItem(call) : messageItem(words, newId('msg_')),
    ]),
  failure: (_status, reason) => ({
    error: { message: reason, type: 'scripted_error', code: null, param: null },
  }),
}

function readItem({ type, role, content }: Json): Message {
  const kind = `${type ?? ''}`
  const isResult = kind.endsWith('_output')
  return {
    from: role === 'user' ? 'user' : isResult ? 'tool' : 'model',
    text: isResult ? '' : wordsOf(content),
    holds: isResult ? 'result' : kind.endsWith('_call') ? 'call' : 'text',
  }
}

/** Some tools stand in a group that has a name of its own, and keep it in their calls. */
function readTool(tool: Json, group?: unknown): Tool[] {
  if (tool.type === 'namespace')
    return objects(tool.tools).flatMap((one) => readTool(one, tool.name))
  return [
    {
      name: `${tool.name ?? tool.type}`,
      schema: object(tool.parameters),
      ...(tool.type === 'custom' ? { isFreeform: true } : {}),
      ...(typeof group === 'string' ? { group } : {}),
    },
  ]
}

function messageItem(words: string, id: string): Json {
  const content = [{ type: 'output_text', text: words, annotations: [] }]
  return { id, type: 'message', status: 'completed', role: 'assistant', content }
}

function callItem({ tool, input }: Call): Json {
  const common = { status: 'completed', call_id: newId('call_'), name: tool.name }
  if (tool.isFreeform)
    return { ...common, id: newId('ctc_'), type: 'custom_tool_call', input: `${input}` }
  return {
    ...common,
    id: newId('fc_'),
    type: 'function_call',
    ...(tool.group ? { namespace: tool.group } : {}),
    arguments: JSON.stringify(input),
  }
}

function wrap(id: string, model: string, status: string, output: readonly Json[]): Json {
  return {
    id,
    object: 'response',
    created_at: Math.floor(Date.now() / 1_000),
    status,
    model,
    output: [...output],
    parallel_tool_calls: false,
    tool_choice: 'auto',
    tools: [],
    error: null,
    incomplete_details: null,
    usage: status === 'completed' ? USAGE : null,
  }
}
