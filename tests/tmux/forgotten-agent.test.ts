import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'playwright/test'
import { closeDatabase, openDatabase } from '../../db/open.ts'
import { Writer } from '../../db/writer.ts'
import { Agents } from '../../server/core/agents.ts'
import { Registry } from '../../server/core/registry.ts'
import { TurnJournal } from '../../server/core/turn-journal.ts'
import { makeLog } from '../../server/log.ts'
import { TmuxServer } from '../../server/tmux/server.ts'
import { FakeAgent } from '../support/fake-agent.ts'
import { seen } from '../support/kept-agent.ts'
import { startTmux } from '../support/tmux.ts'

test('the last words of an agent that was forgotten do not bring it back', async () => {
  await using tmux = await startTmux()
  const runDir = await mkdtemp(join(tmpdir(), 'dogwatch-run-'))
  const log = makeLog('error')
  const end = new AbortController()
  const { signal } = end
  const { db } = openDatabase(runDir)
  const server = new TmuxServer({
    ...{ socketPath: tmux.socketPath, label: 'test', hub: true, runDir, log },
  })
  const registry = new Registry({ signal })
  const writer = new Writer({ db, log })
  const journal = new TurnJournal({ writer, log, signal })
  const agents = new Agents({ registry, db, journal, log, signal })
  try {
    const claude = new FakeAgent(tmux, 'claude', 'work')
    await claude.start()
    registry.add(server)
    agents.add(server)
    await server.start()
    await agents.start()
    await expect.poll(() => agents.all().length).toBe(1)
    process.kill(await claude.pid(), 'SIGKILL')
    await expect.poll(() => agents.all().map(({ agent }) => agent.isEnded)).toEqual([true])
    const [live] = agents.all()
    if (!live) throw new Error('it is gone already')
    agents.forgetEnded(live.agent.id)
    agents.hear(live, [seen(0, { source: 'transcript', facts: { lastWords: 'Good bye.' } })])
    expect(registry.agents()).toEqual([])
  } finally {
    end.abort()
    await server.close()
    writer.close()
    closeDatabase(db)
    await rm(runDir, { recursive: true, force: true })
  }
})
