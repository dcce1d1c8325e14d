import { expect, test } from 'playwright/test'
import { PaneFacts } from '../../server/tmux/facts.ts'
import type { ProcessFacts } from '../../server/tmux/process.ts'

test('a slow reading of a pane does not undo a later one', async () => {
  const end = new AbortController()
  const readings: ((facts: ProcessFacts) => void)[] = []
  const facts = new PaneFacts({
    askTmux: async () => new Map(),
    onChange: () => {},
    signal: end.signal,
    minGapMs: 0,
    read: () => new Promise((resolve) => readings.push(resolve)),
  })
  const program = (command: string) => ({ command, argv: [command], cwd: '/' })
  try {
    const covered = facts.cover([{ id: '%1', pid: process.pid, dead: false }], process.ppid)
    facts.touch('%1')
    await expect.poll(() => readings.length).toBe(2)
    readings[1]?.(program('agent'))
    await expect.poll(() => facts.get('%1')?.command).toBe('agent')
    readings[0]?.(program('shell'))
    await covered
    expect(facts.get('%1')?.command).toBe('agent')
  } finally {
    end.abort()
  }
})
