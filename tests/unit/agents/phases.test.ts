import { expect, test } from 'playwright/test'
import { adapterOf } from '../../../server/agents/index.ts'
import { beginActivity, observe } from '../../../server/core/activity.ts'
import { inWords, recordings, screensOf } from '../../support/fixtures.ts'

for (const recording of recordings()) {
  const screens = screensOf(recording).filter(({ exited }) => !exited)
  if (screens.length === 0) continue
  test(`${recording.kind} ${recording.version}: title and screen together end in what was true`, () => {
    const adapter = adapterOf(recording.kind)
    for (const screen of screens) {
      let state = beginActivity('one', adapter.patience, 0)
      for (let at = 1_000; at <= 6_000; at += 500) {
        const read = [
          adapter.fromTitle?.(screen.title, at),
          adapter.fromScreen?.({ ...screen, at }),
        ]
        for (const one of read) if (one) state = observe(state, one, at)
      }
      const expected = inWords(adapter.fromScreen?.(screen)) ?? 'unknown'
      const [activity, kind] = expected.split(/:? /)
      expect.soft(state.activity, screen.name).toBe(activity)
      if (activity === 'asking') expect.soft(state.ask?.kind, screen.name).toBe(kind)
    }
  })
}
