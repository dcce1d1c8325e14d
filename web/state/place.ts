/** What the address names: where the page is. Pure. */

/** The ways to look at an agent, in the order of their tabs. */
export const VIEW_NAMES = ['terminal', 'conversation', 'timeline', 'changes'] as const
export type ViewName = (typeof VIEW_NAMES)[number]

/** Pages of their own, beside the list, the sessions and the agents. */
export const PAGE_NAMES = ['wall', 'search', 'recovery', 'settings'] as const
export type PageName = (typeof PAGE_NAMES)[number]

export type Place =
  /** Where the page begins: on a phone those who need somebody, else the whole list. */
  | { page: 'list' }
  /** The whole list on a phone too. */
  | { page: 'sessions' }
  /** A session that tmux has; views other than the terminal are of the agent in its pane. */
  | { page: 'session'; session: string; view: ViewName }
  /** An agent by itself, as one that has ended. `at` names a moment or an entry within the view. */
  | { page: 'agent'; agent: string; view: Exclude<ViewName, 'terminal'>; at?: string }
  | { page: PageName }

/** The place of a path of ours; any other path is the list. */
export function placeOf(pathname: string, hash = ''): Place {
  const [first, id, last] = pathname.split('/').slice(1)
  const view = VIEW_NAMES.find((name) => name === last)
  if (first === 's' && id) return { page: 'session', session: id, view: view ?? 'terminal' }
  if (first === 'a' && id) {
    const at = decoded(hash.replace(/^#/, ''))
    const shown = view === undefined || view === 'terminal' ? 'timeline' : view
    return { page: 'agent', agent: id, view: shown, ...(at ? { at } : {}) }
  }
  if (first === 'sessions') return { page: 'sessions' }
  const page = PAGE_NAMES.find((name) => name === first)
  return page ? { page } : { page: 'list' }
}

/** The path of a place. */
export function pathOf(place: Place): string {
  switch (place.page) {
    case 'list':
      return '/'
    case 'session':
      return `/s/${place.session}${place.view === 'terminal' ? '' : `/${place.view}`}`
    case 'agent':
      return `/a/${place.agent}/${place.view}${place.at ? `#${encodeURIComponent(place.at)}` : ''}`
    default:
      return `/${place.page}`
  }
}

/** A line of what a snapshot shows, as an address names it: its scrollback counts first. */
export function momentPlace(snapshot: string, line: number): string {
  return `${snapshot}.${line}`
}

/** The snapshot that an address names, and the line in it where it names one. */
export function momentOf(at: string): { snapshot: string; line?: number } {
  const [, snapshot = at, line] = /^(\d+)(?:\.(\d+))?$/.exec(at) ?? []
  return { snapshot, ...(line === undefined ? {} : { line: Number(line) }) }
}

/** Ids are the server's own, but an address may hold anything. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // No encoding of anything: then it is what it says.
    return text
  }
}
