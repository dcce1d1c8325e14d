import type { Scope } from '../../server/protocol.ts'

/** What a device may do, as the end of a sentence. */
export const SCOPE_WORDS: Readonly<Record<Scope, string>> = {
  watch: 'may look',
  reply: 'may look and type',
  full: 'may do everything',
}
