// The least that shows a tmux session in a browser: one WebSocket, one node-pty, one `tmux attach`,
// bytes passed on as they come. The floor for everything that dogwatch does between the two.
// usage: node bare.mjs TMUX_SOCKET; prints its port, ends when its stdin ends.
import { createServer } from 'node:http'
import pty from 'node-pty'
import { WebSocketServer } from 'ws'

const socketPath = process.argv[2] ?? ''
const clients = new Set()
const server = createServer((_request, response) => response.end('bare\n'))
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
