import { createEffect, createMemo, on, onCleanup } from 'solid-js'
import type { LostAgent, RecoveryResponse } from '../../server/protocol.ts'
import type { FeedState } from './apply.ts'
import { type Asked, createAsked } from './asked.ts'
import { readRecovery } from './recovery-api.ts'

/** The feed does not tell what was lost: it is asked for again when something went or came back. */

/** At most so often while much changes, and while agents are on their way back; milliseconds. */
const PAUSE_MS = 2_000
const MOVING_MS = 1_000

/** What was lost, kept up to date for the life of the Solid owner. */
export function createRecovery(feed: Readonly<FeedState>): Asked<RecoveryResponse> {
  const asked = createAsked(
    () => feed.boot || undefined,
    (_boot, signal) => readRecovery(signal),
  )
  const changes = createMemo(() =>
    [
      ...feed.servers.map(({ id, state }) => `${id} ${state}`),
      ...Object.values(feed.agents).map(({ id, liveness }) => `${id} ${liveness}`),
      ...feed.order,
    ].join('\n'),
  )
  let timer: number | undefined
  const askSoon = () => {
    timer ??= window.setTimeout(() => {
      timer = undefined
      asked.again()
    }, PAUSE_MS)
  }
  createEffect(on(changes, askSoon, { defer: true }))
  onCleanup(() => clearTimeout(timer))
  createEffect(() => {
    if (asked.asking() || !asked.value()?.agents.some(isMoving)) return
    const next = window.setTimeout(() => asked.again(), MOVING_MS)
    onCleanup(() => clearTimeout(next))
  })
  return asked
}

function isMoving({ state }: LostAgent): boolean {
  return state.state === 'starting'
}
