import { expect, test } from 'playwright/test'
import type { LiveAgent } from '../../server/core/agents.ts'
import { answerAsk } from '../../server/core/answer.ts'
import { screen } from '../support/fixtures.ts'
import { keptAgent } from '../support/kept-agent.ts'
import { startBed } from '../support/terminal.ts'
import { startTmux } from '../support/tmux.ts'

test('a dialog is not taken for answered where tmux does not tell what is shown', async () => {
  await using tmux = await startTmux()
  await tmux.newSession({ command: 'exec cat' })
  await using bed = await startBed(tmux)
  const { id } = await bed.session()
  const pane = bed.registry.session(id)?.view.windows[0]?.panes[0]?.id ?? ''
  const entry = bed.registry.pane(pane)
  if (!entry) throw new Error('no pane')
  const shown = screen('claude', '03-permission-bash')
  const agent = keptAgent('claude', { now: Date.now() })
  const said = agent.adapter.fromScreen?.({ ...shown, at: Date.now() })
  if (said) agent.hear(said, Date.now())
  const { ask } = agent.view()
  let looks = 0
  let isAnswered = false
  const agents = {
    find: () => ({ agent }) as LiveAgent,
    screenOf: async () => (++looks === 1 ? shown : undefined),
    heardUser: () => {},
  }
  const attention = {
    answering: () => () => {},
    answered: () => {
      isAnswered = true
      return true
    },
  }
  const request = { id: '1', ask: ask?.id ?? '', answer: 'approve', hash: ask?.hash ?? '' } as const
  expect(await answerAsk({ agents, attention }, entry, request, 'phone')).toBe(false)
  expect(isAnswered).toBe(false)
  expect(looks).toBeGreaterThan(2)
})
