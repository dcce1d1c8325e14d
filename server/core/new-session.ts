import type { Log } from '../log.ts'
import type { CreateSessionResponse, SessionView } from '../protocol.ts'
import { TmuxError } from '../tmux/errors.ts'
import type { TmuxServer } from '../tmux/server.ts'
import { createSession, type NewSession } from '../tmux/session.ts'
import { isHub } from '../tmux/topology.ts'
import { Failure } from './failure.ts'
import type { Registry } from './registry.ts'

/** Makes a session and answers with it as it is listed. Throws a `Failure` or a `TmuxError`. */
export async function makeSession(
  { registry, log }: { registry: Registry; log: Log },
  server: TmuxServer,
  wanted: NewSession,
): Promise<CreateSessionResponse> {
  const { name } = wanted
  const made = await explainName(name, createSession(server, wanted, log))
  const session = await listedSession(registry, server, made.id)
  const isRenamed = name !== undefined && name !== made.name
  return { session, ...(isRenamed ? { renamedFrom: name } : {}) }
}

/** A name tmux can be asked for; undefined for none. Throws a `Failure`. */
export function sessionName(name: string | undefined): string | undefined {
  if (!name) return undefined
  if (/\p{Cc}/u.test(name)) {
    throw new Failure('bad-request', 'A session name must not hold control characters.')
  }
  if (isHub(name)) throw new Failure('conflict', 'That name is kept for dogwatch itself.')
  return name
}

/** Work with a name; tmux's refusals of it become a `Failure` with a sentence. */
export async function explainName<T>(name: string | undefined, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (!(error instanceof TmuxError) || error.code !== 'refused') throw error
    if (error.stderr.includes('duplicate session')) {
      const message = `A session named "${name}" exists already. Choose another name.`
      throw new Failure('conflict', message, { cause: error })
    }
    if (/invalid session|bad session name/.test(error.stderr)) {
      const message = 'tmux does not take that name. Choose another one.'
      throw new Failure('bad-request', message, { cause: error })
    }
    throw error
  }
}

/** The session (`$1`) as the registry shows it after a fresh listing. */
export async function listedSession(
  registry: Registry,
  server: TmuxServer,
  tmuxId: string,
): Promise<SessionView> {
  await server.refresh()
  const session = registry.findByTmuxId(server, tmuxId)
  if (session) return session
  throw new Failure('conflict', 'The session has ended already: its command is done.')
}
