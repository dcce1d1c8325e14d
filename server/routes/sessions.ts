import { Hono } from 'hono'
import { optionalText, readJson, requiredText } from '../core/body.ts'
import type { Env } from '../core/caller.ts'
import { Failure } from '../core/failure.ts'
import { readFolder } from '../core/folder.ts'
import { explainName, listedSession, makeSession, sessionName } from '../core/new-session.ts'
import type { Receipts } from '../core/receipts.ts'
import type { Registry } from '../core/registry.ts'
import type { Snapshots } from '../core/snapshots.ts'
import type { Viewers } from '../core/viewers.ts'
import type { Log } from '../log.ts'
import type { CreateSessionResponse, KillSessionResponse, SessionView } from '../protocol.ts'
import { LIMITS } from '../protocol.ts'
import { type Process, waitForEnd } from '../tmux/descendants.ts'
import { killSession, renameSession } from '../tmux/session.ts'

/** A command line beyond this does not fit into one message to tmux (16 KiB). */
const MAX_COMMAND = 8_000
/** How long the processes of an ended session may take to end too (milliseconds). */
const ENDED_WITHIN_MS = 5_000
/** How long an end waits for the last words of those that it ends (milliseconds). */
const LAST_LOOK_MS = 1_000

export interface SessionDeps {
  registry: Registry
  viewers: Viewers
  snapshots: Snapshots
  receipts: Receipts
  log: Log
}

/** Creating, renaming and ending sessions. */
export function sessionRoutes(deps: SessionDeps) {
  const { registry, viewers, snapshots, receipts, log } = deps
  const find = (id: string) => {
    const found = registry.session(id)
    if (!found) throw new Failure('not-found', 'That session has ended.')
    return found
  }

  return new Hono<Env>()
    .post('/api/sessions', async (c) => {
      const body = await readJson(c)
      const id = requiredText(body, 'id', 100)
      const serverId = optionalText(body, 'server', 100)
      const name = sessionName(optionalText(body, 'name', LIMITS.nameLength))
      const cwd = optionalText(body, 'cwd', 4_096)
      const command = optionalText(body, 'command', MAX_COMMAND) || undefined
      if (command?.includes('\0')) throw new Failure('bad-request', '"command" holds a NUL.')
      const { answer } = await receipts.once(
        { deviceId: c.get('device').id, id, request: ['create', serverId, name, cwd, command] },
        async () => {
          const server = registry.server(serverId)
          if (!server) throw new Failure('not-found', 'There is no such tmux server.')
          const folder = await readFolder(cwd || '~')
          return makeSession({ registry, log }, server, { name, cwd: folder, command })
        },
      )
      return c.json(answer satisfies CreateSessionResponse, 201)
    })
    .patch('/api/sessions/:id', async (c) => {
      const name = sessionName(requiredText(await readJson(c), 'name', LIMITS.nameLength))
      if (name === undefined) throw new Failure('bad-request', 'A session needs a name.')
      const { view, server } = find(c.req.param('id'))
      await explainName(name, renameSession(server, view.tmuxId, name))
      const renamed = await listedSession(registry, server, view.tmuxId)
      return c.json(renamed satisfies SessionView)
    })
    .delete('/api/sessions/:id', async (c) => {
      const { id, windows } = find(c.req.param('id')).view
      const agents = windows.flatMap(({ panes }) => panes.flatMap(({ agent }) => agent ?? []))
      await snapshots.keep(agents, LAST_LOOK_MS)
      // Where the session is one of a group, a client of ours would keep its windows alive.
      const dismiss = await viewers.closeSession(id)
      const isGone = () => registry.session(id) === undefined
      let processes: Process[]
      try {
        // As it is by now: another tmux may use the same numbers.
        const { view, server } = find(id)
        const panes = view.windows
          .flatMap((window) => window.panes)
          .map(({ tmuxId, pid }) => ({ id: tmuxId, pid }))
        processes = await killSession(server, view.tmuxId, panes)
      } finally {
        dismiss(isGone())
      }
      const left = await waitForEnd(processes, ENDED_WITHIN_MS)
      const survivors = left.map(({ pid, command }) => ({ pid, command }))
      return c.json({ ended: isGone(), survivors } satisfies KillSessionResponse)
    })
}
