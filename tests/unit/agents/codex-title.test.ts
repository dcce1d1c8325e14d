import { expect, test } from 'playwright/test'
import { adapterOf } from '../../../server/agents/index.ts'
import { beginActivity, observe } from '../../../server/core/activity.ts'
import { inWords, type RecordedScreen, screen } from '../../support/fixtures.ts'

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

/** A Codex that we have met at 0, and what is said of it as its screen and title are read. */
function codexThatStarts() {
  let state = beginActivity('a1', codex.patience, 0)
  let before = ''
  const hear = (at: number, title: string, shown?: RecordedScreen) => {
    const read = [
      title === before ? undefined : codex.fromTitle?.(title, at, before),
      shown && codex.fromScreen?.({ ...shown, title, at }),
    ]
    before = title
    for (const one of read) if (one) state = observe(state, one, at)
    return state
  }
  return {
    /** The screen under its own title, or under another. */
    see: (at: number, shown: RecordedScreen, title = shown.title) => hear(at, title, shown),
    title: (at: number, title: string) => hear(at, title),
  }
}

test('a Codex that starts waits for its first prompt, though its title spins', () => {
  const starts = screen('codex', 'start-42-title-spins')
  const works = screen('codex', '120x40-talk-working')
  const { see } = codexThatStarts()
  for (let at = 1_000; at <= 20_000; at += 500) {
    const state = see(at, starts)
    expect(state.activity).toBe('idle')
    expect(state.turn ?? state.lastTurn).toBeUndefined()
  }
  const state = see(20_500, works, starts.title)
  expect(state).toMatchObject({ activity: 'working', turn: { generation: 1 } })
})

test("a Codex's first prompt is a turn, however soon it comes and is answered", () => {
  const starts = screen('codex', 'start-42-title-spins')
  const answers = screen('codex', 'start-43-first-prompt')
  const { see, title } = codexThatStarts()
  expect(see(500, starts).activity).toBe('idle')
  expect(see(1_000, starts, 'work').activity).toBe('idle')
  // Its title alone: it may still meet its daemon.
  expect(title(1_500, answers.title).activity).toBe('idle')
  const works = see(1_650, answers)
  expect(works).toMatchObject({ activity: 'working', turn: { generation: 1 } })
  const waits = title(2_500, 'Scripted title | work')
  expect(waits).toMatchObject({ activity: 'idle', lastTurn: { generation: 1, end: 'done' } })
})

for (const name of ['start-45-resumed', '25-resumed']) {
  test(`a Codex that takes a conversation up again waits, though old prompts stand there: ${name}`, () => {
    const resuming = screen('codex', 'start-44-resuming')
    const resumed = screen('codex', name)
    const spinning = '⠦ Scripted title | work'
    const { see } = codexThatStarts()
    // What a Codex that was killed left in the title.
    expect(see(200, resuming, spinning).activity).toBe('idle')
    for (let at = 500; at <= 20_000; at += 500) {
      const state = see(at, resumed, spinning)
      expect(state.activity).toBe('idle')
      expect(state.turn ?? state.lastTurn).toBeUndefined()
    }
  })
}

test('the first prompt to a conversation that Codex took up again is a turn at once', () => {
  const { see, title } = codexThatStarts()
  see(200, screen('codex', 'start-44-resuming'))
  see(500, screen('codex', 'start-45-resumed'))
  const works = see(1_000, screen('codex', 'start-46-resumed-prompt'))
  expect(works).toMatchObject({ activity: 'working', turn: { generation: 1, startedAt: 1_000 } })
  expect(title(2_000, 'Scripted title | work').lastTurn).toMatchObject({ generation: 1 })
})

test('a Codex that takes up a turn which its daemon went on with works', () => {
  const { see } = codexThatStarts()
  expect(see(200, screen('codex', 'start-44-resuming')).activity).toBe('idle')
  const works = see(700, screen('codex', 'start-47-resumed-running'))
  expect(works).toMatchObject({ activity: 'working', turn: { generation: 1 } })
})
