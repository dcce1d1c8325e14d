import { Hono } from 'hono'
import { ADAPTERS } from '../agents/index.ts'
import { type JsonObject, optionalText, readJson, requiredText } from '../core/body.ts'
import type { Env } from '../core/caller.ts'
import { Failure } from '../core/failure.ts'
import { sessionName } from '../core/new-session.ts'
import { makePrograms } from '../core/programs.ts'
import type { Receipts } from '../core/receipts.ts'
import type { Registry } from '../core/registry.ts'
import type { Starts, StartWish } from '../core/starts.ts'
import {
  type AgentKind,
  LIMITS,
  type ProgramsResponse,
  type StartResponse,
  type StartsResponse,
} from '../protocol.ts'
import { cleanPrompt } from '../tmux/input.ts'

const MAX_PATH = 4_096
/** A command line beyond this does not fit into one message to tmux (16 KiB). */
const MAX_COMMAND = 8_000
/** The largest prompt with every character escaped, and paths for all rows. */
const MAX_BODY_BYTES = LIMITS.startPromptBytes * 6 + LIMITS.startRows * MAX_PATH * 2

export interface StartRouteDeps {
  registry: Registry
  receipts: Receipts
  starts: Starts
}

/** New sessions with agents and first prompts, one or many at once. */
export function startRoutes({ registry, receipts, starts }: StartRouteDeps) {
  const programs = makePrograms()
  return new Hono<Env>()
    .get('/api/programs', async (c) =>
      c.json({ programs: await programs() } satisfies ProgramsResponse),
    )
    .get('/api/starts', (c) => c.json({ starts: starts.views() } satisfies StartsResponse))
    .post('/api/starts', async (c) => {
      const body = await readJson(c, MAX_BODY_BYTES)
      const id = requiredText(body, 'id', 100)
      const serverId = optionalText(body, 'server', 100)
      const wish = readWish(body)
      const { answer, duplicate } = await receipts.once(
        { deviceId: c.get('device').id, id, request: ['start', serverId, wish] },
        async () => {
          const server = registry.server(serverId)
          if (!server) throw new Failure('not-found', 'There is no such tmux server.')
          return starts.begin({ ...wish, server })
        },
      )
      // A page that asks again gets it as it is now.
      const start = starts.views().find((view) => view.id === answer.id) ?? answer
      return c.json({ start, duplicate } satisfies StartResponse, 201)
    })
    .post('/api/starts/:id/prompt', async (c) => {
      const body = await readJson(c)
      const start = c.req.param('id')
      const id = requiredText(body, 'id', 100)
      const { row } = body
      if (!Number.isInteger(row)) throw new Failure('bad-request', '"row" must be a whole number.')
      const { answer, duplicate } = await receipts.once(
        { deviceId: c.get('device').id, id, request: ['start-prompt', start, row] },
        () => starts.prompt(start, Number(row)),
      )
      return c.json({ start: answer, duplicate } satisfies StartResponse)
    })
}

function readWish(body: JsonObject): Omit<StartWish, 'server'> {
  const directories = readDirectories(body)
  const name = sessionName(optionalText(body, 'name', LIMITS.nameLength))
  const agent = readAgent(optionalText(body, 'agent', 20))
  const command = optionalText(body, 'command', MAX_COMMAND) || undefined
  const branch = optionalText(body, 'branch', LIMITS.nameLength) || undefined
  const batch = optionalText(body, 'batch', LIMITS.nameLength)?.trim()
  const prompt = cleanPrompt(optionalText(body, 'prompt', LIMITS.startPromptBytes) ?? '')
  const isBatch = directories.length > 1
  if (isBatch && name !== undefined) {
    throw new Failure('bad-request', 'Several sessions are named after their folders.')
  }
  if (command?.includes('\0')) throw new Failure('bad-request', '"command" holds a NUL.')
  if (command !== undefined && agent !== undefined) {
    throw new Failure('bad-request', 'Choose an agent or a command, not both.')
  }
  if (prompt !== '' && agent === undefined) {
    throw new Failure('bad-request', 'A first prompt needs an agent.')
  }
  return {
    directories,
    batch: batch || (isBatch ? batchLabel(prompt, directories.length) : ''),
    isNamedByFolder: isBatch || agent !== undefined || branch !== undefined,
    ...(name === undefined ? {} : { name }),
    ...(agent === undefined ? {} : { agent }),
    ...(command === undefined ? {} : { command }),
    ...(prompt === '' ? {} : { prompt }),
    ...(branch === undefined ? {} : { branch }),
  }
}

/** What several sessions are called together where nobody said so. */
function batchLabel(prompt: string, sessions: number): string {
  if (prompt.trim() !== '') return prompt
  const at = new Date().toLocaleString('en-GB', {
    ...{ day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' },
  })
  return `${sessions} sessions, ${at}`
}

function readDirectories({ directories }: JsonObject): string[] {
  const arePaths =
    Array.isArray(directories) &&
    directories.length > 0 &&
    directories.every((path) => typeof path === 'string' && path.length <= MAX_PATH)
  if (!arePaths) throw new Failure('bad-request', '"directories" must be a list of paths.')
  if (directories.length > LIMITS.startRows) {
    const message = `At most ${LIMITS.startRows} sessions can be started at once.`
    throw new Failure('too-large', message)
  }
  return directories
}

function readAgent(text: string | undefined): AgentKind | undefined {
  if (!text) return undefined
  const adapter = ADAPTERS.find(({ kind, program }) => kind === text && program !== undefined)
  if (adapter) return adapter.kind
  throw new Failure('bad-request', '"agent" is not an agent that can be started.')
}
