import { agentName, endedAgents, MARKS, standing } from '../state/agents.ts'
import { REASON_MARKS } from '../state/attention.ts'
import { currentPane } from '../state/derive.ts'
import { shortPath } from '../state/home.ts'
import { kindName } from '../state/kinds.ts'
import type { Entry } from '../state/palette.ts'
import { ACTS, type ActId } from '../state/shortcuts.ts'
import { visible } from '../state/words.ts'
import { isPossible, perform } from './acts.ts'
import type { AppContext } from './context.ts'
import { leaveFind } from './rows.ts'
import { openBeside } from './tab-acts.ts'

/** One line of the palette. */
export interface PaletteEntry extends Entry {
  glyph?: { text: string; tone: string }
  keys: readonly string[]
  run(): void
  /** Opens it beside what is in sight. */
  beside?: () => void
}

/** What there is to choose from, in the order of an empty palette. `beside`: only sessions that may stand beside. */
export function paletteEntries(app: AppContext, beside: boolean): PaletteEntry[] {
  const sessions = sessionEntries(app)
  if (beside) {
    const parts = app.parts()
    const here = app.selected() ?? ''
    return sessions.flatMap((entry) => {
      const isShown = entry.id === here || parts.includes(entry.id)
      return isShown || !entry.beside ? [] : [{ ...entry, run: entry.beside }]
    })
  }
  return [...sessions, ...actEntries(app), ...endedEntries(app)]
}

/** Sessions that need somebody first, else in the order of the list. */
function sessionEntries(app: AppContext): PaletteEntry[] {
  const { feed } = app.live
  const needs = app.needs()
  const urgent = app.needPlaces().filter((place) => place.type === 'session')
  const first = urgent.map(({ session }) => session)
  const here = app.selected()
  const others = feed.order.filter((id) => !first.includes(id) && id !== here)
  // Nobody looks for where he is; by its name it is found all the same.
  const order = [...first, ...others, ...(here && !first.includes(here) ? [here] : [])]
  return order.flatMap((id) => {
    const session = feed.sessions[id]
    if (!session) return []
    const lead = app.agentsOf(id)[0]
    const need = lead && needs.get(lead.id)
    const mark = need ? REASON_MARKS[need.reason] : lead && MARKS[standing(lead)]
    const pane = currentPane(session)
    const what = lead
      ? [kindName(lead.kind), mark?.word, visible(lead.title)]
      : [visible(pane?.command ?? '')]
    const place = urgent.find((one) => one.session === id)
    const entry: PaletteEntry = {
      id,
      group: place ? 'Needs you' : 'Sessions',
      words: visible(session.name),
      detail: [...what, visible(shortPath(pane?.cwd ?? ''))].filter(Boolean).join(', '),
      keys: [],
      run() {
        leaveFind()
        if (place) app.openNeed(place)
        else app.go(id)
      },
      ...(mark ? { glyph: { text: mark.glyph, tone: mark.tone } } : {}),
      ...(app.wide() ? { beside: () => showBeside(app, id) } : {}),
    }
    return [entry]
  })
}

function showBeside(app: AppContext, id: string): void {
  leaveFind()
  openBeside(app, id)
}

/** Acts that are nothing without their key. */
const KEYS_ONLY: ReadonlySet<string> = new Set<ActId>(['palette', 'row-down', 'row-up'])

function actEntries(app: AppContext): PaletteEntry[] {
  return ACTS.filter(({ id }) => !KEYS_ONLY.has(id) && isPossible(app, id)).map((act) => ({
    id: act.id,
    group: act.group,
    words: act.words,
    detail: '',
    keys: act.keys,
    run: () => {
      perform(app, act.id)
    },
  }))
}

function endedEntries(app: AppContext): PaletteEntry[] {
  const { feed } = app.live
  return endedAgents(feed.agents, app.needs()).map((agent) => ({
    id: agent.id,
    group: 'Ended agents',
    words: visible(agentName(agent)),
    detail: [kindName(agent.kind), visible(agent.title), visible(shortPath(agent.cwd))]
      .filter(Boolean)
      .join(', '),
    keys: [],
    run: () => app.open({ page: 'agent', agent: agent.id, view: 'timeline' }),
  }))
}
