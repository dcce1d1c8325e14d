import type { Activity, AgentView, AskKind, SessionView } from '../../server/protocol.ts'
import { kindName } from './kinds.ts'

/** What rows show of agents. Pure; ages come in as milliseconds. */

/** An activity, or that the process has ended. */
export type Standing = Activity | 'ended'

/** Most needing first: the one that speaks for its session. */
const NEED: readonly Standing[] = [
  'asking',
  'failed',
  'retrying',
  'working',
  'idle',
  'unknown',
  'ended',
]

export interface Mark {
  /** A shape of its own for each standing: it tells them apart without colour. */
  glyph: string
  /** Class of its colour. */
  tone: string
  word: string
}

export const MARKS: Readonly<Record<Standing, Mark>> = {
  asking: { glyph: '◆', tone: 'needs', word: 'asking' },
  failed: { glyph: '▲', tone: 'error', word: 'failed' },
  retrying: { glyph: '↻', tone: 'reply', word: 'retrying' },
  working: { glyph: '●', tone: 'work', word: 'working' },
  idle: { glyph: '○', tone: 'idle', word: 'idle' },
  unknown: { glyph: '?', tone: 'unsure', word: 'unknown' },
  ended: { glyph: '◌', tone: 'idle', word: 'ended' },
}

export const ASK_WORDS: Readonly<Record<AskKind, string>> = {
  permission: 'Permission',
  question: 'Question',
  startup: 'Before it starts',
}

export function standing(agent: AgentView): Standing {
  return agent.liveness === 'live' ? agent.activity : 'ended'
}

/** A shell or a program that is no agent makes no row of its own kind. */
export function isCodingAgent(agent: AgentView): boolean {
  return agent.kind !== 'shell' && agent.kind !== 'other'
}

/**
 * Who speaks for a session first: whom a person is needed for, most urgent first; then by what they
 * do; among equals the older one. `needs` are ids of agents in their order of urgency.
 */
export function byNeed(a: AgentView, b: AgentView, needs: readonly string[] = []): number {
  const rank = (agent: AgentView) => {
    const at = needs.indexOf(agent.id)
    return at < 0 ? needs.length : at
  }
  const doing = NEED.indexOf(standing(a)) - NEED.indexOf(standing(b))
  return rank(a) - rank(b) || doing || a.startedAt - b.startedAt
}

/** Running coding agents per session id, most needing first. */
export function agentsBySession(
  agents: Readonly<Record<string, AgentView>>,
  needs: ReadonlyMap<string, unknown> = new Map(),
): Map<string, AgentView[]> {
  const found = new Map<string, AgentView[]>()
  for (const agent of Object.values(agents)) {
    if (!isCodingAgent(agent) || agent.parent !== undefined || agent.liveness !== 'live') continue
    const list = found.get(agent.session)
    if (list) list.push(agent)
    else found.set(agent.session, [agent])
  }
  const urgent = [...needs.keys()]
  for (const list of found.values()) list.sort((a, b) => byNeed(a, b, urgent))
  return found
}

/** Running subagents by the agent that started them, the oldest first. */
export function subagentsByParent(
  agents: Readonly<Record<string, AgentView>>,
): Map<string, AgentView[]> {
  const found = new Map<string, AgentView[]>()
  for (const agent of Object.values(agents)) {
    if (agent.parent === undefined || agent.liveness !== 'live') continue
    const list = found.get(agent.parent)
    if (list) list.push(agent)
    else found.set(agent.parent, [agent])
  }
  for (const list of found.values()) list.sort((a, b) => a.startedAt - b.startedAt)
  return found
}

/** Ended agents shown at most. */
export const ENDED_SHOWN = 10

/** The coding agents that ended last, latest first, and all that still need somebody. */
export function endedAgents(
  agents: Readonly<Record<string, AgentView>>,
  needs: ReadonlyMap<string, unknown> = new Map(),
): AgentView[] {
  const all = Object.values(agents)
    .filter((agent) => isCodingAgent(agent) && !agent.parent && agent.liveness !== 'live')
    .sort((a, b) => (b.endedAt ?? b.since) - (a.endedAt ?? a.since))
  const newest = new Set(all.filter(({ id }) => !needs.has(id)).slice(0, ENDED_SHOWN))
  return all.filter((agent) => newest.has(agent) || needs.has(agent.id))
}

/** Where a click on the agent leads: its pane, if the session's current window does not show it. */
export function paneToShow(session: SessionView, pane: string): string | undefined {
  const window = session.windows.find((view) => view.panes.some(({ id }) => id === pane))
  return window && !window.active ? pane : undefined
}

/** The second line of a row: a word, then somebody else's text. `code`: it is a command or a file. */
export interface Told {
  label: string
  text: string
  code: boolean
  quote: boolean
}

/** What there is to say of an agent beyond its standing, the most telling first. */
export function told(agent: AgentView): Told {
  const line = (text: string, more: Partial<Told> = {}): Told => ({
    label: '',
    text,
    code: false,
    quote: false,
    ...more,
  })
  const now = standing(agent)
  if (now === 'asking' && agent.ask) {
    const { kind, text } = agent.ask
    return line(text, { label: ASK_WORDS[kind], code: kind === 'permission' })
  }
  if (now === 'failed') return line(agent.evidence.line || agent.lastWords, { label: 'Stopped' })
  if (now === 'retrying' && agent.evidence.line) return line(agent.evidence.line)
  if (now === 'working' && agent.tool) return line(agent.tool, { code: true })
  if (now === 'unknown') return line(agent.evidence.line || 'No sign yet of what it does')
  if (agent.lastWords) return line(agent.lastWords, { quote: true })
  if (now === 'working' && agent.prompt) return line(agent.prompt, { quote: true })
  return line(agent.cwd)
}

/** Share of the context in use, 0 to 1; undefined where either number is unknown. */
export function contextShare(agent: AgentView): number | undefined {
  const { contextUsed, contextSize } = agent.usage
  if (contextUsed === undefined || !contextSize) return undefined
  return Math.min(1, Math.max(0, contextUsed / contextSize))
}

/** From this share on the meter warns. */
export const CONTEXT_HOT = 0.85

export type Rest = 'active' | 'drowsy' | 'asleep' | 'gone'

/** Rest dims a row from here on, and deeper from there on where its waiting is proven; milliseconds. */
export const DROWSY_MS = 30_000
export const ASLEEP_MS = 600_000

/** How far a row has gone to rest. Only an idle agent rests; a clock ahead of ours is no rest. */
export function restOf(agent: AgentView, age: number): Rest {
  const now = standing(agent)
  if (now === 'ended') return 'gone'
  if (now !== 'idle' || age < DROWSY_MS) return 'active'
  const proven = agent.evidence.source !== 'silence' && agent.evidence.confidence !== 'low'
  return proven && age >= ASLEEP_MS ? 'asleep' : 'drowsy'
}

/** What a row is called where no session names it: its title, else its place, else its folder. */
export function agentName(agent: AgentView): string {
  return agent.place?.session || agent.title || agent.cwd.split('/').at(-1) || kindName(agent.kind)
}

/** Everything "Find a session" looks into. `need`: the word of what it needs. */
export function searchText(agent: AgentView, need = ''): string {
  const { word } = MARKS[standing(agent)]
  const waits = need && `needs you ${need}`
  return [agent.kind, kindName(agent.kind), agent.title, word, waits, agent.model].join(' ')
}
