import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'playwright/test'
import { FakeTmux } from '../support/fake-tmux.ts'
import { startTmux } from '../support/tmux.ts'
import { Watch, watchTmux } from '../support/watch.ts'

test('no control client attaches while sessions are renamed, and one does when tmux rests', async () => {
  await using tmux = await startTmux()
  const id = await tmux.newSession({ name: 'work' })
  let isMoving = true
  let renames = 0
  let clients = ''
  const mover = (async () => {
    while (isMoving) {
      await tmux.run('rename-session', '-t', `${id}:`, `work-${renames}`)
      renames += 1
      clients += await tmux.run('list-clients', '-F', '#{client_name}')
    }
  })()
  await expect.poll(() => renames).toBeGreaterThan(0)
  await using watch = await watchTmux(tmux, { intervals: { calmMs: 2_000 } })
  expect(watch.server.status).toMatchObject({ channel: 'fork', freshness: 'healthy' })
  expect(watch.names()).toEqual([expect.stringMatching(/^work-/)])
  isMoving = false
  await mover
  expect(clients).toBe('')
  await expect.poll(() => watch.server.status.channel).toBe('control')
})

test('what we do ourselves waits while a control client attaches', async () => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'work' })
  const calls = join(tmux.dir, 'calls')
  const go = join(tmux.dir, 'go')
  appendFileSync(calls, '')
  using _fake = new FakeTmux(
    tmux.dir,
    `case "$*" in
*" -C "*) echo attach >> ${calls}; while [ ! -e ${go} ]; do sleep 0.05; done;;
*new-session*) echo act >> ${calls};;
esac
exec $REAL "$@"`,
  )
  await using watch = new Watch(tmux)
  const started = watch.server.start()
  await expect.poll(() => readFileSync(calls, 'utf8')).toBe('attach\n')
  const act = watch.server.run(['new-session', '-d', '-s', 'ours'])
  expect(existsSync(go)).toBe(false)
  writeFileSync(go, '')
  await Promise.all([started, act])
  await expect.poll(() => watch.server.status.channel).toBe('control')
  // The act came last, and needed no process of its own any more.
  expect(readFileSync(calls, 'utf8')).toBe('attach\nattach\n')
  await expect.poll(() => watch.names()).toEqual(['work', 'ours'])
})
