import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'playwright/test'
import { adapterOf, agentOnScreen } from '../../../server/agents/index.ts'
import { inWords, recordings, screensOf } from '../../support/fixtures.ts'

type Expected = Record<string, { screen: string | null; title: string | null }>

for (const recording of recordings()) {
  const screens = screensOf(recording)
  if (screens.length === 0) continue
  const adapter = adapterOf(recording.kind)
  const expected: Expected = JSON.parse(
    readFileSync(join(recording.folder, 'screens.json'), 'utf8'),
  )

  test(`${recording.kind} ${recording.version}: every recorded screen says what was true`, () => {
    expect(screens.map(({ name }) => name).sort()).toEqual(Object.keys(expected).sort())
    for (const screen of screens) {
      const { name, title, at } = screen
      const said = inWords(adapter.fromScreen?.(screen))
      expect.soft(said, `screen ${name}`).toBe(expected[name]?.screen)
      expect
        .soft(inWords(adapter.fromTitle?.(title, at)), `title ${name}`)
        .toBe(expected[name]?.title)
    }
  })

  test(`${recording.kind} ${recording.version}: a statement carries its row, time and confidence`, () => {
    for (const screen of screens) {
      const seen = adapter.fromScreen?.(screen)
      if (!seen) continue
      expect(seen.source).toBe('screen')
      expect(seen.at).toBe(screen.at)
      expect(seen.line, screen.name).not.toBe('')
      expect(seen.line, screen.name).not.toContain('\n')
      expect(['high', 'medium', 'low']).toContain(seen.confidence)
    }
  })

  test(`${recording.kind} ${recording.version}: no other agent takes these screens for its own`, () => {
    for (const screen of screens) {
      if (screen.exited) continue
      const found = agentOnScreen(screen)?.kind
      expect([recording.kind, undefined], screen.name).toContain(found)
    }
  })
}

test('an agent behind ssh is recognised while it works and while it waits', () => {
  for (const recording of recordings()) {
    for (const screen of screensOf(recording)) {
      if (!/^(00|02|06)-/.test(screen.name)) continue
      expect
        .soft(agentOnScreen(screen)?.kind, `${recording.kind} ${screen.name}`)
        .toBe(recording.kind)
    }
  }
})
