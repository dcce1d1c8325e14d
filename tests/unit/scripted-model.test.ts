import { expect, test } from 'playwright/test'
import { ScriptedModel } from '../agents/model/server.ts'

const SHELL = {
  type: 'object',
  properties: { command: { type: 'string' }, description: { type: 'string' } },
  required: ['command'],
}

/** One turn in each protocol: the request, and how to read words and call out of its events. */
const PROTOCOLS = [
  {
    name: 'Anthropic messages',
    path: '/v1/messages?beta=true',
    body: (prompt: string) => ({
      model: 'm',
      stream: true,
      messages: [{ role: 'user', content: [{ type: 'text', text: prompt }] }],
      tools: [{ name: 'Bash', input_schema: SHELL }],
    }),
    last: 'message_stop',
  },
  {
    name: 'OpenAI responses',
    path: '/v1/responses',
    body: (prompt: string) => ({
      model: 'm',
      stream: true,
      input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: prompt }] }],
      tools: [{ type: 'function', name: 'shell', parameters: SHELL }],
    }),
    last: 'response.completed',
  },
  {
    name: 'OpenAI chat',
    path: '/v1/chat/completions',
    body: (prompt: string) => ({
      model: 'm',
      stream: true,
      messages: [{ role: 'user', content: prompt }],
      tools: [{ type: 'function', function: { name: 'bash', parameters: SHELL } }],
    }),
    last: '[DONE]',
  },
  {
    name: 'Gemini',
    path: '/v1beta/models/m:streamGenerateContent?alt=sse',
    body: (prompt: string) => ({
      contents: [{ role: 'user', parts: [{ text: prompt }] }],
      tools: [{ functionDeclarations: [{ name: 'run_shell_command', parameters: SHELL }] }],
    }),
    last: '"finishReason":"STOP"',
  },
]

for (const { name, path, body, last } of PROTOCOLS) {
  test(`the scripted model speaks ${name}: words, a call that fits its schema, an end`, async () => {
    await using model = new ScriptedModel('/work')
    await model.start()
    const reply = await fetch(`${model.url}${path}`, {
      method: 'POST',
      body: JSON.stringify(body('Tidy up. %slow=0 %tool=bash')),
    })
    expect(reply.headers.get('content-type')).toBe('text/event-stream')
    const events = (await reply.text()).trim().split('\n\n')
    for (const event of events) expect(event).toMatch(/^(event: [\w.]+\n)?data: (\{.*\}|\[DONE\])$/)
    const text = events.join('\n')
    expect(text).toContain('Looking ')
    expect(text.replaceAll('\\"', '"')).toContain('"command":"touch made-by-agent.txt"')
    expect(events.at(-1)).toContain(last)
    expect(model.events.map(({ type }) => type)).toEqual(['asked', 'called'])
  })

  test(`the scripted model fails in ${name} as the prompt says`, async () => {
    await using model = new ScriptedModel('/work')
    await model.start()
    const reply = await fetch(`${model.url}${path}`, {
      method: 'POST',
      body: JSON.stringify(body('Go on. %error=429')),
    })
    expect(reply.status).toBe(429)
    expect(await reply.json()).toMatchObject({ error: { message: 'scripted failure' } })
  })
}

test('the scripted model comes back on its port after it was down', async () => {
  await using model = new ScriptedModel('/work')
  await model.start()
  const { url } = model
  await model.stop()
  await expect(fetch(`${url}/v1/models`)).rejects.toThrow()
  await model.start()
  expect(model.url).toBe(url)
  expect((await fetch(`${url}/v1/models`)).status).toBe(200)
})
