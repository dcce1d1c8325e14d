import type { AgentView, AttentionView, SessionView } from '../../server/protocol.ts'
import { ApiError } from '../state/api.ts'
import { askToAnswer, nextNeed, snoozeChoices } from '../state/attention.ts'
import { answerAsk, dismiss, snooze } from '../state/attention-api.ts'
import { serverNow } from '../state/clock.ts'
import type { PageName, ViewName } from '../state/place.ts'
import { newRequestId } from '../state/request-id.ts'
import { setTheme } from '../state/settings.ts'
import { promptable } from '../state/several.ts'
import type { ActId } from '../state/shortcuts.ts'
import { MAX_PARTS } from '../state/split.ts'
import type { AppContext, DialogName } from './context.ts'
import { openSearch } from './open-search.ts'
import { findField, focusList, leaveFind, walkRows } from './rows.ts'
import { walkInSight } from './steps.ts'
import { closeTab, copyAttach } from './tab-acts.ts'

/** What each act of the table in state/shortcuts.ts does. */

interface Act {
  run(app: AppContext): void
  /** Whether it can be done now; always, where it does not say. */
  when?(app: AppContext): boolean
}

const sessionInSight = (app: AppContext): SessionView | undefined =>
  app.live.feed.sessions[app.selected() ?? '']

const terminalInSight = (app: AppContext) => app.terminals.of(app.selected())

/** The agent whose terminal or page is in sight. */
function agentInSight(app: AppContext): AgentView | undefined {
  const place = app.place()
  if (place.page === 'agent') return app.live.feed.agents[place.agent]
  return terminalInSight(app)?.agent()
}

function needInSight(app: AppContext): { agent: AgentView; item: AttentionView } | undefined {
  const agent = agentInSight(app)
  const item = agent && app.needs().get(agent.id)
  return item && { agent, item }
}

function nextPlace(app: AppContext) {
  const agent = agentInSight(app)?.id
  return nextNeed(app.needPlaces(), { session: app.selected(), agent })
}

const mayReply = (app: AppContext) => app.live.feed.scope !== 'watch'

/** Says on the page why a request did not work. */
function told(app: AppContext, work: Promise<unknown>): void {
  work.catch((error: unknown) => {
    app.say(error instanceof ApiError ? error.message : String(error))
  })
}

/** Yes or no to the dialog that is shown now; nothing is typed if it is another one by then. */
function answering(answer: 'approve' | 'deny'): Act {
  const shown = (app: AppContext) => {
    const need = needInSight(app)
    const ask = need && askToAnswer(need.agent, need.item)
    return ask && { pane: need.agent.pane, ask }
  }
  return {
    when: (app) => mayReply(app) && shown(app) !== undefined,
    run(app) {
      const now = shown(app)
      if (!now) return
      told(app, answerAsk(now.pane, { id: newRequestId(), ...now.ask, answer }))
    },
  }
}

function onNeed(act: (item: AttentionView) => Promise<unknown>): Act {
  return {
    when: (app) => mayReply(app) && needInSight(app) !== undefined,
    run(app) {
      const need = needInSight(app)
      if (need) told(app, act(need.item))
    },
  }
}

function toView(view: ViewName): Act {
  return {
    when: (app) =>
      view === 'terminal' ? sessionInSight(app) !== undefined : agentInSight(app) !== undefined,
    run(app) {
      const place = app.place()
      if (place.page === 'session') app.open({ ...place, view })
      else if (place.page === 'agent' && view !== 'terminal') {
        app.open({ page: 'agent', agent: place.agent, view })
      }
    },
  }
}

function stepping(by: 1 | -1): Act {
  return { when: () => walkInSight() !== undefined, run: () => walkInSight()?.step(by) }
}

const toPage = (page: PageName): Act => ({ run: (app) => app.open({ page }) })

const toDialog = (dialog: DialogName): Act => ({ run: (app) => app.showDialog(dialog) })

/** Covers the live screen with something else, or uncovers it. */
function covering(view: 'history' | 'text'): Act {
  return {
    when: (app) => terminalInSight(app)?.handle() !== undefined,
    run(app) {
      const terminal = terminalInSight(app)
      showTerminal(app)
      terminal?.handle()?.show(terminal.state()?.view === view ? 'live' : view)
    },
  }
}

function showTerminal(app: AppContext): void {
  const place = app.place()
  if (place.page === 'session' && place.view !== 'terminal') toView('terminal').run(app)
}

function toTab(step: 1 | -1): Act {
  return {
    when: (app) => app.tabs.list.length > 1,
    run(app) {
      const { list } = app.tabs
      const here = list.findIndex((tab) => tab.session === app.selected())
      const next = list[(here + step + list.length) % list.length]
      if (next) app.go(next.session)
    },
  }
}

/** What stands in the terminal, or in the page of the agent, that has the focus. */
const inSight = (selector: string) =>
  document.querySelector<HTMLElement>(`.slot.current ${selector}`) ?? undefined

const hasSession = (app: AppContext) => sessionInSight(app) !== undefined
const mayManageIt = (app: AppContext) => app.mayManage() && hasSession(app)
const inSplit = (app: AppContext) => app.parts().length > 1

/** Who walks the list may come back to the row of a terminal that loads: the keys stay there. */
function walking(step: 1 | -1): Act {
  return {
    run(app) {
      terminalInSight(app)?.leave()
      walkRows(step)
    },
  }
}

const ACTS: Readonly<Record<ActId, Act>> = {
  'next-need': {
    when: (app) => nextPlace(app) !== undefined,
    run(app) {
      const place = nextPlace(app)
      if (!place) return
      leaveFind()
      app.openNeed(place)
    },
  },
  allow: answering('approve'),
  deny: answering('deny'),
  snooze: onNeed((item) => {
    const [hour] = snoozeChoices(new Date())
    return snooze(item.id, { until: serverNow() + (hour?.ms ?? 0) })
  }),
  dismiss: onNeed((item) => dismiss(item.id)),
  why: {
    when: (app) => agentInSight(app) !== undefined,
    run: () => inSight('.btn.state')?.click(),
  },

  palette: toDialog({ name: 'palette' }),
  find: {
    run(app) {
      if (!focusList()) app.go(undefined)
      findField()?.focus()
      findField()?.select()
    },
  },
  list: {
    run(app) {
      terminalInSight(app)?.leave()
      if (!focusList()) app.go(undefined)
    },
  },
  'row-down': walking(1),
  'row-up': walking(-1),
  type: {
    when: (app) => terminalInSight(app) !== undefined,
    run(app) {
      showTerminal(app)
      const handle = terminalInSight(app)?.handle()
      handle?.show('live')
      handle?.focus()
    },
  },
  message: {
    when: (app) => mayReply(app) && inSight('.composer textarea') !== undefined,
    run: () => inSight('.composer textarea')?.focus(),
  },
  'next-tab': toTab(1),
  'previous-tab': toTab(-1),
  search: { run: openSearch },
  recovery: toPage('recovery'),
  wall: toPage('wall'),

  'new-session': { ...toDialog({ name: 'new-session' }), when: (app) => app.mayManage() },
  'prompt-several': {
    ...toDialog({ name: 'prompt-several' }),
    when: (app) => mayReply(app) && promptable(app.live.feed).length > 0,
  },
  rename: {
    when: mayManageIt,
    run: (app) => app.setRenaming(app.selected()),
  },
  kill: {
    when: mayManageIt,
    run(app) {
      const session = app.selected()
      if (session !== undefined) app.showDialog({ name: 'kill', session })
    },
  },
  fit: {
    when(app) {
      const state = terminalInSight(app)?.state()
      const mayFit = state?.ready && !state.readOnly && state.mode === 'client'
      return mayFit === true && state?.lease.holder !== 'other'
    },
    run(app) {
      const terminal = terminalInSight(app)
      terminal?.handle()?.fit(terminal.state()?.lease.holder !== 'you')
    },
  },
  history: covering('history'),
  text: covering('text'),
  attach: {
    when: hasSession,
    run(app) {
      const session = sessionInSight(app)
      if (session) void copyAttach(app, session)
    },
  },
  close: {
    when: (app) => terminalInSight(app) !== undefined,
    run(app) {
      const session = app.selected()
      if (session !== undefined) closeTab(app, session)
    },
  },

  'view-terminal': toView('terminal'),
  'view-conversation': toView('conversation'),
  'view-timeline': toView('timeline'),
  'view-changes': toView('changes'),
  'step-back': stepping(-1),
  'step-on': stepping(1),

  beside: {
    ...toDialog({ name: 'palette', beside: true }),
    when: (app) => app.wide() && hasSession(app) && app.parts().length < MAX_PARTS,
  },
  'next-part': {
    when: inSplit,
    run(app) {
      const parts = app.parts()
      const next = parts[(parts.indexOf(app.selected() ?? '') + 1) % parts.length]
      if (next !== undefined) app.goToPart(next)
    },
  },
  leave: {
    when: inSplit,
    run(app) {
      const here = app.selected() ?? ''
      const next = app.parts().find((part) => part !== here)
      app.split.remove(here)
      if (next !== undefined) app.goToPart(next)
    },
  },
  alone: { when: inSplit, run: (app) => app.split.clear() },

  settings: toPage('settings'),
  devices: { ...toDialog({ name: 'devices' }), when: (app) => app.mayManage() },
  theme: {
    run() {
      const { colorScheme } = getComputedStyle(document.documentElement)
      const system = matchMedia('(prefers-color-scheme: light)').matches ? 'light' : 'dark'
      const now = colorScheme === 'light' || colorScheme === 'dark' ? colorScheme : system
      setTheme(now === 'light' ? 'dark' : 'light')
    },
  },
  shortcuts: toDialog({ name: 'shortcuts' }),
}

/** Whether an act can be done now, with what this device may do and with what is in sight. */
export function isPossible(app: AppContext, id: ActId): boolean {
  return ACTS[id].when?.(app) ?? true
}

/** Does an act, where it can be done now; false where it cannot. */
export function perform(app: AppContext, id: ActId): boolean {
  if (!isPossible(app, id)) return false
  ACTS[id].run(app)
  return true
}
