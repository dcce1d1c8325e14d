import { Hono } from 'hono'
import type { AgentStore } from '../core/agent-store.ts'
import type { AttentionKeeper } from '../core/attention-keeper.ts'
import { type JsonObject, optionalFlag, readJson, requiredText } from '../core/body.ts'
import type { Env } from '../core/caller.ts'
import { Failure } from '../core/failure.ts'
import type { Receipts } from '../core/receipts.ts'
import type { Recovery } from '../core/recovery.ts'
import type { Registry } from '../core/registry.ts'
import {
  type ForgetResponse,
  LIMITS,
  type RebuildRequest,
  type RebuildResponse,
  type RecoveryResponse,
  type ResumeRequest,
  type ResumeResponse,
} from '../protocol.ts'

/** Names in one request; tmux has no such limit, but a body has. */
const MAX_NAMES = 1_000

export interface RecoveryRouteDeps {
  recovery: Recovery
  store: AgentStore
  registry: Registry
  attention: AttentionKeeper
  receipts: Receipts
}

/** What ran when tmux or the machine died, and the way back; resuming one agent; forgetting. */
export function recoveryRoutes({
  recovery,
  store,
  registry,
  attention,
  receipts,
}: RecoveryRouteDeps) {
  return new Hono<Env>()
    .get('/api/recovery', async (c) => c.json((await recovery.view()) satisfies RecoveryResponse))
    .post('/api/recovery/:id/rebuild', async (c) => {
      const body = await readJson(c)
      const lost = c.req.param('id')
      const names = readNames(body)
      const { id, sessions, run }: RebuildRequest = {
        id: requiredText(body, 'id', 100),
        ...(names ? { sessions: names } : {}),
        run: optionalFlag(body, 'run') ?? false,
      }
      const { answer, duplicate } = await receipts.once(
        { deviceId: c.get('device').id, id, request: ['rebuild', lost, sessions, run] },
        () => recovery.rebuild(lost, { ...(sessions ? { sessions } : {}), run }),
      )
      return c.json({ ...answer, duplicate } satisfies RebuildResponse)
    })
    .post('/api/recovery/:id/forget', async (c) => {
      const id = c.req.param('id')
      await recovery.forget(id)
      return c.json({ forgotten: id } satisfies ForgetResponse)
    })
    .post('/api/agents/:id/resume', async (c) => {
      const body = await readJson(c)
      const agent = c.req.param('id')
      const { id, run }: ResumeRequest = {
        id: requiredText(body, 'id', 100),
        run: optionalFlag(body, 'run') ?? false,
      }
      const { answer, duplicate } = await receipts.once(
        { deviceId: c.get('device').id, id, request: ['resume', agent, run] },
        () => recovery.resume(agent, run),
      )
      const { state } = answer
      return c.json({ state, duplicate: duplicate || answer.duplicate } satisfies ResumeResponse)
    })
    .delete('/api/agents/:id', async (c) => {
      const id = c.req.param('id')
      if (registry.agents().some((agent) => agent.id === id && agent.liveness === 'live')) {
        throw new Failure('conflict', 'It still runs. End it first.')
      }
      // First: the last word on its needs would otherwise be written after they were deleted.
      attention.forget(id)
      await attention.written()
      if (!(await store.forget(id))) throw new Failure('not-found', 'This agent is not known here.')
      return c.json({ forgotten: id } satisfies ForgetResponse)
    })
}

function readNames(body: JsonObject): string[] | undefined {
  const { sessions } = body
  if (sessions === undefined) return undefined
  const areNames =
    Array.isArray(sessions) &&
    sessions.length <= MAX_NAMES &&
    sessions.every((name) => typeof name === 'string' && name.length <= LIMITS.nameLength)
  if (!areNames) throw new Failure('bad-request', '"sessions" must be a list of names.')
  return sessions
}
