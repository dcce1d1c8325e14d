import { Hono } from 'hono'
import type { Database } from '../../db/open.ts'
import type { AgentStore } from '../core/agent-store.ts'
import type { Agents, LiveAgent } from '../core/agents.ts'
import { readJson } from '../core/body.ts'
import type { Env } from '../core/caller.ts'
import { Failure } from '../core/failure.ts'
import type { Registry } from '../core/registry.ts'
import { pastEvidence } from '../core/stored-agent.ts'
import { childEvidence } from '../core/subagents.ts'
import { type TurnJournal, turnsOf } from '../core/turn-journal.ts'
import { wholeNumber } from '../core/whole-number.ts'
import { reportWrong } from '../core/wrong-report.ts'
import {
  ACTIVITIES,
  type AgentsResponse,
  type AgentView,
  type EvidenceResponse,
  type TurnsResponse,
  type WrongRequest,
  type WrongResponse,
} from '../protocol.ts'

/** Turns of one answer. */
const PAGE = 50

export interface AgentRouteDeps {
  registry: Registry
  agents: Agents
  store: AgentStore
  journal: TurnJournal
  db: Database
  dataDir: string
}

/** What agents do, did, and why we say so. */
export function agentRoutes({ registry, agents, store, journal, db, dataDir }: AgentRouteDeps) {
  const find = (id: string): LiveAgent => {
    const found = agents.find(id)
    if (found) return found
    throw new Failure('not-found', 'This agent is not known here, or ended long ago.')
  }
  /** The row of a subagent: its turns are its parent's, and what it does is told by hooks alone. */
  const findChild = (id: string): AgentView | undefined => {
    const view = registry.agent(id)
    return view?.parent === undefined ? undefined : view
  }
  return new Hono<Env>()
    .get('/api/agents', (c) =>
      c.json({ epoch: registry.epoch, agents: registry.agents() } satisfies AgentsResponse),
    )
    .get('/api/agents/:id/turns', (c) => {
      const id = c.req.param('id')
      const before = wholeNumber(c.req.query('before'), 'before')
      const turns = turnsOf(db, journal, id, { before, limit: PAGE })
      // A stranger's id is told from an agent that has not had a turn yet.
      if (turns.length === 0 && !store.find(id) && !findChild(id)) find(id)
      return c.json({ turns } satisfies TurnsResponse)
    })
    .get('/api/agents/:id/evidence', (c) => {
      const id = c.req.param('id')
      const child = findChild(id)
      if (child) return c.json(childEvidence(child) satisfies EvidenceResponse)
      const past = agents.find(id) ? undefined : store.find(id)
      const said = past ? pastEvidence(past) : find(id).agent.evidence()
      return c.json(said satisfies EvidenceResponse)
    })
    .post('/api/agents/:id/wrong', async (c) => {
      const id = c.req.param('id')
      if (findChild(id)) {
        throw new Failure('conflict', 'A subagent has no screen: say it of the agent above it.')
      }
      const live = find(id)
      const { expected: said } = await readJson(c)
      const expected: WrongRequest['expected'] | undefined = ACTIVITIES.find((one) => one === said)
      if (!expected) {
        throw new Failure('bad-request', `"expected" must be one of ${ACTIVITIES.join(', ')}.`)
      }
      const screen = await agents.screenOf(live)
      const answer = await reportWrong(dataDir, live.agent, screen, expected)
      return c.json(answer satisfies WrongResponse)
    })
}
