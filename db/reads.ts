import { backUp } from './backup.ts'
import { checkIntegrity } from './integrity.ts'
import { searchStored } from './search-read.ts'
import { searchTurns } from './search-turns.ts'
import { snapshotSizes } from './snapshots.ts'

/**
 * Every read that is too heavy for the main thread, by the name it is called with:
 * `reader.call('checkIntegrity', input)`. To add one, write a function of the read-only database
 * and one input that can be cloned, which returns what can be cloned, and name it here.
 */
export const READS = { backUp, checkIntegrity, searchStored, searchTurns, snapshotSizes }

export type Reads = typeof READS
export type ReadName = keyof Reads
export type ReadInput<Name extends ReadName> = Parameters<Reads[Name]>[1]
export type ReadResult<Name extends ReadName> = ReturnType<Reads[Name]>
