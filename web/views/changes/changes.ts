import { createEffect, createSignal, on, onCleanup } from 'solid-js'
import { createStore, reconcile } from 'solid-js/store'
import type { AgentView, DiffResponse } from '../../../server/protocol.ts'
import { sentenceOf } from '../../state/api.ts'
import { agentDiff } from '../../state/memory-api.ts'
import { createPaced } from '../../state/paced.ts'

/** Git is asked at most this often (milliseconds). */
const PAUSE_MS = 3_000
/** Files change without a word of the agent: then git is asked so often (milliseconds). */
const BEAT_MS = 10_000

export interface Changes {
  /** The newest answer; what did not change in it keeps its identity. */
  diff(): DiffResponse | undefined
  /** Why the newest question failed; the answer before stays. */
  error(): string | undefined
  again(): void
}

/** What the worktree of one agent holds that no commit has, while somebody looks. */
export function createChanges(agent: () => AgentView): Changes {
  const [held, setHeld] = createStore<{ diff?: DiffResponse }>({})
  const [error, setError] = createSignal<string>()
  const ask = async (signal: AbortSignal) => {
    try {
      const diff = await agentDiff(agent().id, signal)
      if (signal.aborted) return
      setHeld('diff', reconcile(diff, { key: 'path' }))
      setError(undefined)
    } catch (reason) {
      if (!signal.aborted) setError(sentenceOf(reason))
    }
  }
  const again = createPaced(ask, PAUSE_MS)
  createEffect(on(() => JSON.stringify(agent()), again))
  const beat = setInterval(again, BEAT_MS)
  onCleanup(() => clearInterval(beat))
  return { diff: () => held.diff, error, again }
}
