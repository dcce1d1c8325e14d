import { type Accessor, createSignal } from 'solid-js'
import type { ResumeState } from '../../server/protocol.ts'
import { ApiError } from '../state/api.ts'
import { resumeAgent } from '../state/recovery-api.ts'
import { useApp } from './context.ts'

export interface Resume {
  busy: Accessor<boolean>
  /** Why the last try failed, as a sentence. */
  error: Accessor<string | undefined>
  /** Starts it again, or puts its command on the prompt; undefined where that was refused. */
  start(agent: string, run: boolean): Promise<ResumeState | undefined>
}

/** The way back of one agent that has ended. */
export function createResume(): Resume {
  const { recovery } = useApp()
  const [busy, setBusy] = createSignal(false)
  const [error, setError] = createSignal<string>()
  return {
    busy,
    error,
    async start(agent, run) {
      if (busy()) return undefined
      setBusy(true)
      setError(undefined)
      try {
        return (await resumeAgent(agent, { id: crypto.randomUUID(), run })).state
      } catch (reason) {
        setError(reason instanceof ApiError ? reason.message : String(reason))
        return undefined
      } finally {
        setBusy(false)
        recovery.again()
      }
    },
  }
}
