import type { Adapter } from './adapter.ts'

/** Any other program: nothing is known of it but that it runs and when it printed. */
export const other: Adapter = {
  kind: 'other',
  name: 'Program',
  matches: () => true,
  keys: { interrupt: ['C-c'], submit: ['Enter'] },
  patience: { hookMs: 5_000, silenceMs: 5_000 },
}
