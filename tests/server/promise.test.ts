import { once } from 'node:events'
import { expect, test } from 'playwright/test'
import type { WebSocket } from 'ws'
import type { SessionsResponse } from '../../server/protocol.ts'
import { isAlive, type Server, startServer } from '../support/server.ts'
import { startTmux, type Tmux, type TmuxState } from '../support/tmux.ts'

/** tmux renames windows by itself, at its own times; that is no doing of ours. */
const STEADY = { config: 'set-option -g automatic-rename off' }

const NOTHING = { hubs: [], hooks: [], clients: [] }
const SIZES = [
  { cols: 45, rows: 20 },
  { cols: 120, rows: 40 },
  { cols: 300, rows: 80 },
]

/** Opens a terminal on the current pane of each named session, as three pages of other sizes do. */
async function openTerminals(server: Server, names: readonly string[]): Promise<WebSocket[]> {
  const token = await server.pair()
  const { json } = await server.api(token).get<SessionsResponse>('/api/sessions')
  const sockets: WebSocket[] = []
  for (const [index, name] of names.entries()) {
    const session = json.sessions.find((entry) => entry.name === name)
    const pane = session?.windows.find((w) => w.active)?.panes.find((p) => p.active)
    if (!pane) throw new Error(`no pane in ${name}`)
    const socket = await server.ws(`/ws/terminal/${pane.id}`, token)
    const drawn = new Promise<void>((resolve, reject) => {
      let bytes = 0
      socket.once('close', (code) => reject(new Error(`closed with ${code} before a picture`)))
      socket.on('message', (data: Buffer, isBinary: boolean) => {
        if (!isBinary) return
        bytes += data.length
        socket.send(JSON.stringify({ type: 'ack', bytes }))
        resolve()
      })
    })
    socket.send(JSON.stringify({ type: 'open', viewer: `terminal-${index}`, ...SIZES[index % 3] }))
    await drawn
    sockets.push(socket)
  }
  return sockets
}

/** The user's things, leaving out clients that dogwatch's viewers are. */
function withoutViewers(state: TmuxState, person?: { pid: number }): TmuxState['user'] {
  const clients = (state.user.clients ?? []).filter(
    (line) => person !== undefined && line.split(' ')[1] === `${person.pid}`,
  )
  return { ...state.user, clients }
}

async function usersTmux(tmux: Tmux): Promise<void> {
  await tmux.newSession({ name: 'work', cols: 180, rows: 44 })
  await tmux.newSession({ name: 'flood', cols: 120, rows: 30, command: 'yes' })
  await tmux.run('set-option', '-g', 'status-left', '[#S] ')
  await tmux.run('set-hook', '-g', 'session-created', 'display-message made')
}

for (const withPerson of [false, true]) {
  test(`three pages of three sizes change nothing, ${withPerson ? 'beside a person' : 'alone'}`, async () => {
    await using tmux = await startTmux(STEADY)
    await usersTmux(tmux)
    const session = await tmux.run('display-message', '-p', '-t', '=work:', '#{session_id}')
    const person = withPerson ? await tmux.attach({ session, cols: 150, rows: 41 }) : undefined
    const before = await tmux.state()
    {
      await using server = await startServer({ tmux })
      const sockets = await openTerminals(server, ['work', 'work', 'flood'])
      expect(withoutViewers(await tmux.state(), person)).toEqual(before.user)
      if (person) {
        await person.kill()
        const left = { ...before.user, clients: [] }
        await expect.poll(async () => withoutViewers(await tmux.state())).toEqual(left)
      }
      for (const socket of sockets) {
        const closed = once(socket, 'close')
        socket.close()
        await closed
      }
      await expect.poll(async () => (await tmux.state()).user.clients).toEqual([])
      expect(await server.stop()).toBe(0)
    }
    const after = await tmux.state()
    expect(after.ours).toEqual(NOTHING)
    expect(after.user).toEqual({ ...before.user, clients: [] })
  })
}

test('SIGKILL in a flood with pages open, 20 times: every session lives, nothing of ours stays', async () => {
  test.setTimeout(600_000)
  await using tmux = await startTmux(STEADY)
  await usersTmux(tmux)
  const before = await tmux.state()
  const serverPid = await tmux.serverPid()
  await using server = await startServer({ tmux })
  for (let round = 0; round < 20; round += 1) {
    if (round > 0) await server.start()
    const sockets = await openTerminals(server, ['work', 'flood', 'flood'])
    await server.kill9()
    for (const socket of sockets) socket.terminate()
    expect(await tmux.serverPid()).toBe(serverPid)
    await expect
      .poll(async () => {
        const { ours, user } = await tmux.state()
        return [...ours.hubs, ...ours.clients, ...(user.clients ?? [])]
      }, `round ${round}`)
      .toEqual([])
  }
  // Hooks are all that a kill can leave; the next start takes them over and its end removes them.
  await server.start()
  expect(await server.stop()).toBe(0)
  const after = await tmux.state()
  expect(after.ours).toEqual(NOTHING)
  expect(after.user).toEqual(before.user)

  await tmux.killServer()
  await expect.poll(() => tmux.processes()).toEqual([])
  expect(await tmux.newSession({ name: 'again' })).toBe('$0')
})

test('the tmux server ends with the last session of its user', async () => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'only' })
  const pid = (await tmux.serverPid()) ?? 0
  await using server = await startServer({ tmux })
  const token = await server.pair()
  await tmux.run('kill-session', '-t', '=only')
  await expect.poll(() => isAlive(pid)).toBe(false)
  const state = async () => {
    const { json } = await server.api(token).get<{ servers: { state: string }[] }>('/api/status')
    return json.servers[0]?.state
  }
  await expect.poll(state).toBe('no-server')
  await tmux.newSession({ name: 'next' })
  await expect.poll(state).toBe('connected')
})
