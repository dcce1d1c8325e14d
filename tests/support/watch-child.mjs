// A process of its own that watches a tmux server as the program does, to be killed by tests.
// argv: socket, folder for its files, ids of sessions to view. Prints `ready` when all is up; ends
// in order on SIGTERM. Runs what the build made, because plain Node reads no TypeScript.
import { spawn } from 'node-pty'
import { makeLog } from '../../dist/server/log.js'
import { TmuxServer } from '../../dist/server/tmux/server.js'

const [socketPath, runDir, ...sessions] = process.argv.slice(2)
const log = makeLog('error')
const server = new TmuxServer({ socketPath, runDir, label: 'child', hub: true, log })
await server.start()
const sizes = [
  { cols: 45, rows: 20 },
  { cols: 120, rows: 40 },
  { cols: 300, rows: 80 },
]
const viewers = sessions.map((id, index) => {
  const size = sizes[index % sizes.length]
  const argv = ['-u', '-S', socketPath, 'attach-session', '-E', '-f', 'ignore-size', '-t', `${id}:`]
  const pty = spawn('tmux', argv, { name: 'xterm-256color', ...size })
  const release = server.addClient(pty.pid)
  const ended = new Promise((resolve) => pty.onExit(resolve))
  const seen = new Promise((resolve) => pty.onData(resolve))
  return { pty, release, ended, seen }
})
await Promise.all(viewers.map((viewer) => viewer.seen))
if (process.env.WATCH_LEASE) {
  const [window, cols, rows] = process.env.WATCH_LEASE.split(' ')
  server.setLease(window, { cols: Number(cols), rows: Number(rows) })
}
process.on('SIGTERM', async () => {
  for (const { pty, ended, release } of viewers) {
    pty.kill('SIGKILL')
    await ended
    release()
  }
  await server.close()
  process.exit(0)
})
// Viewers that come while tmux is looked at make it wait a moment longer.
while (server.status.channel !== 'control') {
  await new Promise((resolve) => {
    const stop = server.changes.on(() => resolve(stop()))
  })
}
console.log('ready')
