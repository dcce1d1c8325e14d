// @ts-check
/**
 * A small process over the compiled database, to be killed at any moment.
 *   node storage-child.mjs write DIR NAME   writes turns of an agent NAME and prints each
 *                                           generation when it was acknowledged
 *   node storage-child.mjs open DIR         prints "go", opens the database, prints "done"
 */
import { writeSync } from 'node:fs'
import { closeDatabase, openDatabase } from '../../dist/db/open.js'
import { saveTurns } from '../../dist/db/turns.js'
import { Writer } from '../../dist/db/writer.js'

const [mode, dir = '', agent = '', limit = 'Infinity'] = process.argv.slice(2)
const quiet = () => {}
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet, child: () => log }
/** @param {string | number} word */
const say = (word) => void writeSync(1, `${word}\n`)

if (mode === 'open') {
  say('go')
  const { db, loadFault } = openDatabase(dir)
  say(loadFault ?? 'done')
  closeDatabase(db)
} else {
  const { db, loadFault } = openDatabase(dir)
  if (loadFault) say(loadFault)
  const writer = new Writer({ db, log, reserveBytes: 4_096 })
  for (let generation = 1; generation <= Number(limit); ) {
    // A few at once, as hooks come: groups of every size.
    const group = Number.isFinite(Number(limit)) ? 1 : 1 + (generation % 7)
    const writes = Array.from({ length: group }, (_, index) => {
      const number = generation + index
      const turn = { ...blank(), id: `${agent}.${number}`, agent, generation: number }
      return writer.write((tx) => saveTurns(tx, [turn])).then(() => say(number))
    })
    generation += group
    await Promise.all(writes)
  }
  writer.close()
  closeDatabase(db)
}

function blank() {
  const prompt = 'word '.repeat(Math.floor(Math.random() * 600))
  return { startedAt: 1, prompt, lastWords: '', tools: 0, usage: {} }
}
