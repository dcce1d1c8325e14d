import { Hono } from 'hono'
import { hookStatus } from '../agents/hooks/install.ts'
import { HOOK_KINDS } from '../agents/hooks/places.ts'
import type { Env } from '../core/caller.ts'
import { redact } from '../core/redact.ts'
import type { HooksResponse, HookView } from '../protocol.ts'

export interface HookRouteDeps {
  dataDir: string
  /** Environment of the agents of this user: it says where they keep their settings. */
  agentEnv: Readonly<Record<string, string>>
  /** Whether what hooks report is read. */
  listening: boolean
}

/** How the hooks of each kind stand. Changes nothing. */
export function hookRoutes({ dataDir, agentEnv, listening }: HookRouteDeps) {
  return new Hono<Env>().get('/api/hooks', async (c) => {
    const options = { env: agentEnv, dataDir }
    const found = await Promise.all(HOOK_KINDS.map((kind) => hookStatus(kind, options)))
    return c.json({ listening, hooks: found.map(clean) } satisfies HooksResponse)
  })
}

/** Paths and words of somebody else's files leave us like any other text. */
function clean({ file, detail, ...rest }: HookView): HookView {
  return {
    ...rest,
    file: redact(file),
    ...(detail === undefined ? {} : { detail: redact(detail) }),
  }
}
