import { Hono } from 'hono'
import type { Agents } from '../core/agents.ts'
import { answerAsk } from '../core/answer.ts'
import type { AttentionKeeper } from '../core/attention-keeper.ts'
import { readJson, requiredText } from '../core/body.ts'
import type { Env } from '../core/caller.ts'
import { Failure } from '../core/failure.ts'
import type { OneByOne } from '../core/one-by-one.ts'
import type { Receipts } from '../core/receipts.ts'
import type { Registry } from '../core/registry.ts'
import type { AnswerRequest, AnswerResponse } from '../protocol.ts'

export interface AnswerRouteDeps {
  registry: Registry
  receipts: Receipts
  agents: Agents
  attention: AttentionKeeper
  /** What is typed into one pane, by whatever route, comes one after the other. */
  typing: OneByOne
}

/** One tap on what an agent asks. */
export function answerRoutes(deps: AnswerRouteDeps) {
  const { registry, receipts, agents, attention, typing } = deps
  return new Hono<Env>().post('/api/panes/:id/answer', async (c) => {
    const body = await readJson(c)
    const { answer } = body
    if (answer !== 'approve' && answer !== 'deny') {
      throw new Failure('bad-request', '"answer" is "approve" or "deny".')
    }
    const request: AnswerRequest = {
      id: requiredText(body, 'id', 100),
      ask: requiredText(body, 'ask', 300),
      answer,
      hash: requiredText(body, 'hash', 100),
    }
    const entry = registry.pane(c.req.param('id'))
    if (!entry) throw new Failure('not-found', 'That pane has ended.')
    const device = c.get('device')
    const { answer: answered, duplicate } = await receipts.once(
      { deviceId: device.id, id: request.id, request: ['answer', entry.view.id, request] },
      () =>
        typing.run(entry.view.id, () =>
          answerAsk({ agents, attention }, entry, request, device.name),
        ),
    )
    await attention.written()
    return c.json({ answered, duplicate } satisfies AnswerResponse)
  })
}
