import { appendFileSync, chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Tmux } from './tmux.ts'

/** Conversations that the tests speak of. */
export const CONVERSATIONS = [
  '686dfa20-0c8e-4121-9720-db46dcc809b9',
  '0b5bd8a4-4a7e-4a4e-8a53-0d6b9a0f7d11',
  'f3a9a9a8-5f0e-4f8e-9a53-6a1f2f1e2d33',
] as const

/**
 * Puts a `claude` into the PATH of this tmux's shells that can be resumed: it names its conversation
 * on the screen and in the file in which Claude Code keeps its state, whether it was given by
 * `--session-id` or `--resume`. What it does is read from the file `status` in its folder. A server
 * that is to start a tmux of its own there needs the same home.
 */
export function installResumable(tmux: Tmux): void {
  const bin = join(tmux.dir, 'bin')
  mkdirSync(bin, { recursive: true })
  const script = join(bin, 'claude')
  writeFileSync(
    script,
    `#!${process.execPath}
const { mkdirSync, readFileSync, writeFileSync } = require('node:fs')
const args = process.argv.slice(2)
const at = args.findIndex((word) => word === '--resume' || word === '--session-id')
const conversation = args[at + 1]
const stat = readFileSync('/proc/self/stat', 'latin1')
const procStart = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
const folder = process.env.HOME + '/.claude/sessions'
mkdirSync(folder, { recursive: true })
let told
const tell = () => {
  let status = 'idle'
  try { status = readFileSync('status', 'utf8').trim() } catch {}
  if (status === told) return
  told = status
  const live = { pid: process.pid, procStart, status, statusUpdatedAt: Date.now() }
  writeFileSync(
    folder + '/' + process.pid + '.json',
    JSON.stringify({ ...live, sessionId: conversation }),
  )
}
process.stdout.write('\\x1b[2J\\x1b[H')
console.log((args[at] === '--resume' ? 'resumed ' : 'began ') + conversation)
console.log('in ' + process.cwd())
console.log('with ' + args.join(' '))
setInterval(tell, 50)
tell()
`,
  )
  chmodSync(script, 0o755)
  // tmux starts login shells, and theirs is the last word about the PATH.
  writeFileSync(join(tmux.dir, '.profile'), `PATH=${bin}:$PATH\n`)
}

/** Appends a record to a conversation as Claude Code does. */
export function sayInTranscript(tmux: Tmux, conversation: string, record: object): void {
  const folder = join(tmux.dir, '.claude', 'projects', '-work')
  mkdirSync(folder, { recursive: true })
  const line = { sessionId: conversation, timestamp: new Date().toISOString(), ...record }
  appendFileSync(join(folder, `${conversation}.jsonl`), `${JSON.stringify(line)}\n`)
}

/** What the model said: its message in a record of Claude Code. */
export function claudeMessage(id: string, content: object[]): object {
  return { id, role: 'assistant', model: 'claude-opus-5-5', content }
}
