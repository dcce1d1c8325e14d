import {
  type Call,
  type Json,
  type Message,
  object,
  objects,
  type Protocol,
  TOKENS,
  wordsOf,
} from './protocol.ts'

const STATUS = { 400: 'INVALID_ARGUMENT', 401: 'UNAUTHENTICATED', 429: 'RESOURCE_EXHAUSTED' }

const INPUT = TOKENS.fresh + TOKENS.cached

const USAGE = {
  promptTokenCount: INPUT,
  cachedContentTokenCount: TOKENS.cached,
  candidatesTokenCount: TOKENS.output,
  thoughtsTokenCount: 64,
  totalTokenCount: INPUT + TOKENS.output + 64,
}

/** Gemini's generateContent (ai.google.dev/api/generate-content). */
export const gemini: Protocol = {
  name: 'gemini',
  matches: (path) => /:(stream)?generateContent/i.test(path),
  read(path, body) {
    const config = object(body.generationConfig)
    const schema = config.responseJsonSchema ?? config.responseSchema
    return {
      model: /models\/([^:]+):/.exec(path)?.[1] ?? '',
      streams: path.includes(':stream'),
      messages: objects(body.contents).map(readContent),
      tools: objects(body.tools)
        .flatMap((tool) => objects(tool.functionDeclarations))
        .map(({ name, parametersJsonSchema, parameters }) => ({
          name: `${name}`,
          schema: object(parametersJsonSchema ?? parameters),
        })),
      ...(schema ? { schema: object(schema) } : {}),
    }
  },
  stream({ model }, send) {
    const tell = (part: Json, last = false) => send(wrap(model, [part], last))
    return {
      begin() {},
      say: (words) => tell({ text: words }),
      // Calls of thinking models carry a signature, and the agent asks for one.
      call: (call) => tell({ ...functionCall(call), thoughtSignature: 'c2NyaXB0ZWQ=' }),
      end: () => tell({ text: '' }, true),
    }
  },
  whole: ({ model }, words, call) =>
    wrap(model, [call ? functionCall(call) : { text: words }], true),
  failure: (status, reason) => ({
    error: {
      code: status,
      message: reason,
      status: STATUS[status as keyof typeof STATUS] ?? 'INTERNAL',
    },
  }),
}

function readContent({ role, parts }: Json): Message {
  const has = (name: string) => objects(parts).some((part) => part[name] !== undefined)
  return {
    from: role === 'model' ? 'model' : 'user',
    text: wordsOf(parts),
    holds: has('functionResponse') ? 'result' : has('functionCall') ? 'call' : 'text',
  }
}

function functionCall({ tool, input }: Call): Json {
  return { functionCall: { name: tool.name, args: input } }
}

function wrap(model: string, parts: readonly Json[], isLast: boolean): Json {
  return {
    candidates: [
      { index: 0, content: { role: 'model', parts }, ...(isLast ? { finishReason: 'STOP' } : {}) },
    ],
    modelVersion: model,
    responseId: 'scripted',
    ...(isLast ? { usageMetadata: USAGE } : {}),
  }
}
