import type { AgentView } from '../../server/protocol.ts'
import { isCodingAgent } from './agents.ts'

/** Directories that somebody may want again. */

const KEY = 'dogwatch.places'
const KEPT = 12

/** Where this device started sessions, latest first. */
export function readPlaces(): string[] {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]')
    return Array.isArray(value) ? value.filter((path) => typeof path === 'string') : []
  } catch {
    // Storage is switched off or the entry is damaged: the agents' own places remain.
    return []
  }
}

/** Remembers where sessions were started. */
export function keepPlaces(paths: readonly string[]): void {
  const all = new Set([...paths.filter((path) => path !== ''), ...readPlaces()])
  try {
    localStorage.setItem(KEY, JSON.stringify([...all].slice(0, KEPT)))
  } catch {
    // Storage is switched off or full: a convenience less.
  }
}

/** Places of this device first, then repositories of agents, those that began last before others. */
export function recentPlaces(
  agents: Readonly<Record<string, AgentView>>,
  own: readonly string[],
  most: number,
): string[] {
  const theirs = Object.values(agents)
    .filter((agent) => isCodingAgent(agent) && agent.where === 'here')
    .sort((a, b) => b.startedAt - a.startedAt)
    .map(({ git, cwd }) => git?.repository ?? cwd)
    // A path with a secret in it is not told whole.
    .filter((path) => path.startsWith('/') && !path.includes('[redacted'))
  const places = [...own, ...theirs].map((path) => path.replace(/(?<=.)\/+$/, ''))
  return [...new Set(places)].slice(0, most)
}
