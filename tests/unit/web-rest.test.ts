import { expect, test } from 'playwright/test'
import type { AgentView } from '../../server/protocol.ts'
import { DROWSY_MS, type Rest, restOf } from '../../web/state/rest.ts'
import { agent } from '../support/agent-view.ts'

test('how an agent rests', () => {
  const proven = { source: 'transcript', line: '', at: 0, confidence: 'high' } as const
  const seen = { ...proven, source: 'screen', confidence: 'medium' } as const
  const idle = (change: Partial<AgentView> = {}) =>
    agent({ activity: 'idle', since: 0, evidence: seen, ...change })
  const table: [string, AgentView, number, Rest][] = [
    ['works, however long', agent({ since: 0 }), 9e9, 'active'],
    ['asks', idle({ activity: 'asking' }), 9e9, 'active'],
    ['failed', idle({ activity: 'failed' }), 9e9, 'active'],
    ['unknown', idle({ activity: 'unknown' }), 9e9, 'active'],
    ['idle just now', idle({ evidence: proven }), DROWSY_MS - 1, 'active'],
    ['idle for a while', idle(), DROWSY_MS, 'drowsy'],
    ['idle for a while, and proven', idle({ evidence: proven }), DROWSY_MS, 'asleep'],
    ['only quiet', idle({ evidence: { ...proven, source: 'silence' } }), 9e9, 'drowsy'],
    ['began in the future', idle({ since: 9e9, evidence: proven }), 0, 'active'],
    ['ended', idle({ liveness: 'ended' }), 0, 'gone'],
    ['known from before', idle({ liveness: 'historical' }), 0, 'gone'],
  ]
  for (const [what, view, now, rest] of table) expect(restOf(view, now), what).toBe(rest)
})
