import type { Scope } from '../protocol.ts'
import { SCOPES } from '../protocol.ts'

/** Who makes a request: the device whose token or socket ticket the gate accepted. */
export interface Caller {
  id: string
  name: string
  scope: Scope
}

/** Hono environment of every route and socket. On public routes `device` is never read. */
export interface Env {
  Variables: { device: Caller }
}

/** Whether `held` allows what `needed` asks for: watch < reply < full. */
export function allows(held: Scope, needed: Scope): boolean {
  return SCOPES.indexOf(held) >= SCOPES.indexOf(needed)
}

/** Whether an unknown value is one of the three scopes. */
export function isScope(value: unknown): value is Scope {
  return SCOPES.some((scope) => scope === value)
}
