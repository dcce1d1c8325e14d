import { createMemo } from 'solid-js'
import type { AgentView, AttentionView, SessionView } from '../../server/protocol.ts'
import { DROWSY_MS, MARKS, restOf, standing } from '../state/agents.ts'
import { REASON_MARKS } from '../state/attention.ts'
import { since } from '../state/clock.ts'
import { lastOutput, PRINTING_MS } from '../state/derive.ts'
import { ageText, longAge } from '../state/words.ts'
import { stateText } from './AgentParts.tsx'
import { useApp } from './context.ts'

/**
 * Glyph and word for what the session does: shape, colour and word say the same. `at`: since when,
 * or when it last printed; epoch milliseconds.
 */
export function createActivity(
  session: () => SessionView,
  lead: () => AgentView | undefined,
  need: () => AttentionView | undefined,
) {
  const { live } = useApp()
  return createMemo(() => {
    const view = session()
    const agent = lead()
    if (agent) {
      const item = need()
      const { glyph, tone, word } = item ? REASON_MARKS[item.reason] : MARKS[standing(agent)]
      // Its shape stays what it was; that it is old is said.
      if (view.freshness === 'disconnected' || live.lost()) {
        return { glyph, tone: 'idle', word: `stale, was ${word}`, rest: 'drowsy', at: undefined }
      }
      const text = item
        ? { word, age: longAge(since(item.since)), at: item.since }
        : stateText(agent)
      return {
        glyph,
        tone,
        word: [text.word, text.age].filter(Boolean).join(' '),
        rest: item ? 'active' : restOf(agent, since(agent.since)),
        at: text.at,
      }
    }
    const at = lastOutput(view, live.feed.output)
    const stale = view.freshness === 'disconnected' || live.lost()
    const ended = view.windows.every((window) => window.panes.every((pane) => pane.dead))
    const age = at === undefined ? undefined : since(at)
    if (ended) return { glyph: '◌', tone: 'idle', word: 'exited', rest: 'drowsy', at }
    if (stale) return { glyph: '◌', tone: 'idle', word: 'stale', rest: 'drowsy', at }
    if (age !== undefined && age < PRINTING_MS) {
      return { glyph: '●', tone: 'work', word: 'printing', rest: 'active', at }
    }
    const word = age === undefined ? 'quiet' : `quiet ${ageText(age)}`
    const rest = age === undefined || age >= DROWSY_MS ? 'drowsy' : 'active'
    return { glyph: '○', tone: 'idle', word, rest, at }
  })
}
