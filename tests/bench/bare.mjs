// The least that shows a tmux session in a browser: one WebSocket, one node-pty, one `tmux attach`,
// bytes passed on as they come, and a page with nothing but xterm.js. The floor for everything that
// dogwatch does between the two.
// usage: node bare.mjs TMUX_SOCKET; prints its port, ends when its stdin ends.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import pty from 'node-pty'
import { WebSocketServer } from 'ws'

const socketPath = process.argv[2] ?? ''
const clients = new Set()
const page = `<!doctype html><title>bare</title><link rel="stylesheet" href="/css/xterm.css">
<div id="terminal"></div><script src="/lib/xterm.js"></script><script>
const query = new URLSearchParams(location.search)
const terminal = new Terminal({ cols: +query.get('cols'), rows: +query.get('rows') })
terminal.open(document.getElementById('terminal'))
const socket = new WebSocket('ws://' + location.host + '/' + location.search)
socket.binaryType = 'arraybuffer'
socket.onmessage = (event) => terminal.write(new Uint8Array(event.data))
</script>`
const require = createRequire(import.meta.url)
const files = new Map([
  ['/', { type: 'text/html', body: page }],
  ...['lib/xterm.js', 'css/xterm.css'].map((path) => [
    `/${path}`,
    {
      type: path.endsWith('.js') ? 'text/javascript' : 'text/css',
      body: readFileSync(require.resolve(`@xterm/xterm/${path}`)),
    },
  ]),
])
const server = createServer((request, response) => {
  const file = files.get(new URL(request.url ?? '/', 'http://bare').pathname)
  response.writeHead(file ? 200 : 404, { 'content-type': file?.type ?? 'text/plain' })
  response.end(file?.body)
})
const sockets = new WebSocketServer({ server, perMessageDeflate: false })

sockets.on('connection', (socket, request) => {
  request.socket.setNoDelay(true)
  const query = new URL(request.url ?? '/', 'http://bare').searchParams
  const client = pty.spawn(
    'tmux',
    ['-N', '-u', '-S', socketPath, 'attach', '-E', '-t', query.get('target') ?? ''],
    {
      name: 'xterm-256color',
      cols: Number(query.get('cols')),
      rows: Number(query.get('rows')),
      encoding: null,
    },
  )
  clients.add(client)
  client.onData((bytes) => socket.readyState === socket.OPEN && socket.send(bytes))
  client.onExit(() => {
    clients.delete(client)
    socket.close()
  })
  socket.on('message', (bytes) => client.write(bytes))
  socket.on('close', () => clients.has(client) && client.kill('SIGKILL'))
})

server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`))
process.stdin.resume().on('end', () => {
  for (const client of clients) client.kill('SIGKILL')
  process.exit(0)
})
