import { expect, test } from 'playwright/test'
import { adapterOf } from '../../../server/agents/index.ts'
import { beginActivity, observe } from '../../../server/core/activity.ts'
import { inWords, screen } from '../../support/fixtures.ts'

const codex = adapterOf('codex')
const said = (title: string, before: string) => inWords(codex.fromTitle?.(title, 1_000, before))

test("Codex's title of one part says that it waits where it spun or asked right before", () => {
  // Alone it is a folder's name, which any shell may have left there.
  expect(said('work', '')).toBeNull()
  expect(said('work', 'vm')).toBeNull()
  expect(said('work', '⠙ work')).toBe('idle')
  expect(said('work', '[ ! ] Action Required | work')).toBe('idle')
  // Another program's title says nothing of the Codex that stood there before.
  expect(said('vim', '⠙ work')).toBeNull()
})

test('a Codex that starts waits for its first prompt, though its title spins', () => {
  const starts = screen('codex', 'start-42-title-spins')
  const works = screen('codex', '120x40-talk-working')
  let state = beginActivity('a1', codex.patience, 0)
  const see = (shown: typeof starts, at: number) => {
    const read = [codex.fromScreen?.({ ...shown, at }), codex.fromTitle?.(starts.title, at)]
    for (const one of read) if (one) state = observe(state, one, at)
    return state
  }
  for (let at = 1_000; at <= 20_000; at += 500) expect(see(starts, at).activity).toBe('idle')
  expect(state.turn ?? state.lastTurn).toBeUndefined()
  expect(see({ ...works, title: starts.title }, 20_500).activity).toBe('working')
  expect(state.turn).toMatchObject({ generation: 1 })
})

test('a Codex that takes a conversation up again waits, though old prompts stand there', () => {
  const resumed = { ...screen('codex', '25-resumed'), title: '⠦ Scripted title | work' }
  let state = beginActivity('a1', codex.patience, 0)
  const see = (shown: typeof resumed, at: number) => {
    const read = [codex.fromScreen?.({ ...shown, at }), codex.fromTitle?.(resumed.title, at)]
    for (const one of read) if (one) state = observe(state, one, at)
    return state.activity
  }
  for (let at = 500; at <= 4_000; at += 500) expect(see(resumed, at)).toBe('idle')
  const works = screen('codex', '120x40-talk-working')
  for (let at = 4_500; at <= 6_500; at += 500)
    expect(see({ ...works, title: resumed.title }, at)).toBe('working')
  expect(state.turn).toMatchObject({ generation: 1 })
})
