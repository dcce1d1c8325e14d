import type { PushStatus } from './push.ts'
import type { StorageView } from './storage.ts'
import type { TmuxServerView } from './tmux.ts'

export interface HealthResponse {
  ok: true
  version: string
}

export interface StatusResponse {
  version: string
  pid: number
  /** Epoch milliseconds. */
  startedAt: number
  host: string
  addresses: string[]
  socket: string
  servers: TmuxServerView[]
  sessions: number
  viewers: number
  storage: StorageView
  push: PushStatus
  /** Milliseconds over the last minute. */
  eventLoopDelay: { p50: number; p99: number; max: number }
}
