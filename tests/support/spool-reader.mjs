// Applies hook events as the program does, until it is killed: each becomes the next turn of one agent.
// With COUNT it stands still after so many of them, between their commit and their deletion.
// usage: node spool-reader.mjs DATA_DIR [COUNT]
import { join } from 'node:path'
import { listApplied, noteApplied } from '../../dist/db/applied-hooks.js'
import { openDatabase } from '../../dist/db/open.js'
import { listTurns, saveTurns } from '../../dist/db/turns.js'
import { readSpool } from '../../dist/server/agents/spool.js'
import { makeLog } from '../../dist/server/log.js'

const [dataDir = '', count] = process.argv.slice(2)
const { db } = openDatabase(dataDir)
const known = new Set(listApplied(db))
let heard = 0

await readSpool({
  folder: join(dataDir, 'spool'),
  log: makeLog('error'),
  signal: new AbortController().signal,
  pollMs: 50,
  handle: async (events) => {
    for (const { id, event, at } of events) {
      const isNew = !known.has(id)
      if (isNew) {
        db.transaction((tx) => {
          noteApplied(tx, [id])
          const [newest] = listTurns(db, 'a', { limit: 1 })
          const generation = (newest?.generation ?? 0) + 1
          const texts = { prompt: event, lastWords: '' }
          saveTurns(tx, [
            { id: '', agent: 'a', generation, startedAt: at, ...texts, tools: 0, usage: {} },
          ])
        })
      }
      known.add(id)
      process.stdout.write(`${isNew ? 'applied' : 'again'} ${event}\n`)
      heard += 1
      if (heard === Number(count)) await new Promise(() => {})
    }
  },
})
