import { ApiError, pair } from './api.ts'
import { guessName } from './device-name.ts'
import { keepToken, setAccess, token } from './token.ts'

const TICKET = /^#k=([\w-]{1,200})$/

/** The ticket in the address, taken out of it at once so that no history and no screenshot holds it. */
function takeTicket(): string | undefined {
  const ticket = TICKET.exec(location.hash)?.[1]
  if (ticket) history.replaceState(history.state, '', location.pathname + location.search)
  return ticket
}

async function exchange(ticket: string): Promise<void> {
  const before = token()
  setAccess({ name: 'pairing' })
  try {
    const answer = await pair({ ticket, name: guessName(navigator.userAgent) })
    keepToken(answer.token, answer.device.id)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    // A used link on a device that is paired already is no reason to lock it out.
    if (before) setAccess({ name: 'paired', token: before })
    else if (error.code === 'unreachable')
      setAccess({ name: 'unreachable', retry: () => void exchange(ticket) })
    else setAccess({ name: 'unpaired', reason: 'ticket' })
  }
}

/** Reads the address now and whenever its fragment changes: a link may be pasted into an open page. */
export function startPairing(): void {
  const look = () => {
    const ticket = takeTicket()
    if (ticket) void exchange(ticket)
  }
  window.addEventListener('hashchange', look)
  look()
}
