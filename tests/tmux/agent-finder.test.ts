import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'playwright/test'
import { AgentFinder } from '../../server/core/agent-finder.ts'
import { makeLog } from '../../server/log.ts'
import { TmuxServer } from '../../server/tmux/server.ts'
import { startTmux } from '../support/tmux.ts'

test('a title that changes while other panes are looked at is told as it is now', async () => {
  await using tmux = await startTmux()
  const runDir = await mkdtemp(join(tmpdir(), 'dogwatch-run-'))
  // A pane that leads to another machine is looked at by its screen, which takes its time.
  await copyFile('/bin/sleep', join(runDir, 'ssh'))
  const id = await tmux.newSession({ command: 'exec cat' })
  const pane = await tmux.run('display-message', '-p', '-t', `${id}:`, '#{pane_id}')
  await tmux.run('new-window', '-d', '-t', `${id}:`, `exec ${join(runDir, 'ssh')} 600`)
  const log = makeLog('error')
  const server = new TmuxServer({
    ...{ socketPath: tmux.socketPath, label: 'test', hub: true, runDir, log },
  })
  const end = new AbortController()
  const paneNow = () =>
    server.tree?.sessions.flatMap(({ windows }) => windows.flatMap((one) => one.panes))[0]
  let titles: string[] | undefined
  let isAsked = false
  const finder = new AgentFinder({
    readScreen: async () => {
      isAsked = true
      await tmux.run('select-pane', '-t', pane, '-T', 'now')
      await expect.poll(() => paneNow()?.title).toBe('now')
      return undefined
    },
    tell: (sightings) => {
      if (isAsked) titles ??= sightings.map(({ place }) => place.pane.title)
    },
    log,
    signal: end.signal,
  })
  try {
    await server.start()
    server.changes.on(({ type }) => type === 'tree' && finder.listed(server), end.signal)
    await expect.poll(() => server.tree?.sessions[0]?.windows.length).toBe(2)
    finder.listed(server)
    // Of the first look at both: the program is not `ssh` before it is.
    await expect
      .poll(async () => {
        if (!isAsked) await finder.sweep()
        return titles?.[0]
      })
      .toBe('now')
  } finally {
    end.abort()
    await server.close()
    await rm(runDir, { recursive: true, force: true })
  }
})
