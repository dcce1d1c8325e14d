import { textOf } from './command.ts'
import { TmuxError } from './errors.ts'
import type { Send } from './look.ts'
import type { Listing, TmuxClient } from './topology.ts'

/**
 * A person's client can land in a hidden session: by next-session, by `detach-on-destroy off`, or
 * on purpose. It is sent on at once, where tmux would have sent it without us.
 */
export async function sendGuestsOn(
  send: Send,
  look: { listing: Listing; clients: readonly TmuxClient[] },
  hub: { sessionId: string; isOurs: (pid: number) => boolean },
): Promise<void> {
  const guests = look.clients.filter(
    (client) => client.sessionId === hub.sessionId && !hub.isOurs(client.pid),
  )
  if (guests.length === 0) return
  for (const guest of guests) {
    const target =
      neighbour(look.listing, hub.sessionId, guest) ?? (await newestSession(send, look))
    if (!target) return
    try {
      await send(['switch-client', '-c', guest.name, '-t', `${target}:`])
    } catch (error) {
      // It left, or the session ended, since the look; the next look sees who is still here.
      if (!(error instanceof TmuxError)) throw error
    }
  }
}

/**
 * tmux walks sessions in the order of their names. Whoever comes from the session just before the
 * hidden one goes to the one just after it, and the other way round.
 */
function neighbour(listing: Listing, hubId: string, guest: TmuxClient): string | undefined {
  const hub = listing.hubs.find((each) => each.id === hubId)
  if (!hub || guest.lastSession === '') return undefined
  const order = (a: { name: string }, b: { name: string }) =>
    Buffer.compare(Buffer.from(a.name), Buffer.from(b.name))
  const sorted = [...listing.sessions].sort(order)
  const after = sorted.find((session) => order(session, hub) > 0) ?? sorted[0]
  const before = sorted.findLast((session) => order(session, hub) < 0) ?? sorted.at(-1)
  if (guest.lastSession === before?.name) return after?.id
  if (guest.lastSession === after?.name) return before?.id
  return undefined
}

/** The session that was used last, as tmux chooses when a client's own session ends. */
async function newestSession(send: Send, look: { listing: Listing }): Promise<string | undefined> {
  const people = new Set(look.listing.sessions.map((session) => session.id))
  const lines = textOf(await send(['list-sessions', '-F', '#{session_activity} #{session_id}']))
  const newest = lines
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, id]) => id !== undefined && people.has(id))
    .sort(([a], [b]) => Number(b) - Number(a))[0]
  return newest?.[1]
}
