// Prints into panes as programs in them would: one line, at an even rate, into each terminal named on
// the command line. One process for all, so that the load is tmux's and ours and not that of forks.
// usage: node printer.mjs LINES_PER_SECOND TTY...; 'on' and 'off' lines on stdin switch it; EOF ends it.
import { closeSync, constants, openSync, writeSync } from 'node:fs'
import { createInterface } from 'node:readline'

const TICK_MS = 10
const [rate, ...terminals] = process.argv.slice(2)
const files = terminals.map((path) =>
  openSync(path, constants.O_WRONLY | constants.O_NOCTTY | constants.O_NONBLOCK),
)
const perTick = (Number(rate) * files.length * TICK_MS) / 1000
let due = 0
let next = 0
let printing = false

function print() {
  if (!printing) return
  for (due += perTick; due >= 1; due -= 1) {
    const file = files[next % files.length]
    try {
      if (file !== undefined) writeSync(file, `line ${next} of a build that goes on and on\n`)
    } catch (error) {
      // A pane that takes no more for the moment: a program would wait, we print the next line later.
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error
    }
    next += 1
  }
}

setInterval(print, TICK_MS)
createInterface({ input: process.stdin })
  .on('line', (line) => {
    printing = line === 'on'
    process.stdout.write(`${line}\n`)
  })
  .on('close', () => {
    for (const file of files) closeSync(file)
    process.exit(0)
  })
process.stdout.write('ready\n')
