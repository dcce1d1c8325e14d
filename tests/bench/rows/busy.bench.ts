import { fileURLToPath } from 'node:url'
import { test } from 'playwright/test'
import type { Tmux } from '../../support/tmux.ts'
import { type Helper, startHelper } from '../child.ts'
import { measureEcho, settle, typing } from '../echo.ts'
import { report, sized } from '../row.ts'
import { newTypingSession, openScene } from '../scene.ts'
import { pooled, quantile, type Rounds, ratioOf, shuffled } from '../stats.ts'

const ROUNDS = sized(7, 3)
const KEYS = sized(90, 40)
const SESSIONS = 50
const LINES_PER_SECOND = 50

/** Sessions that nobody views, and the process that prints into them when told to. */
async function startPrinters(tmux: Tmux): Promise<Helper> {
  for (let number = 0; number < SESSIONS; number += 1) {
    await tmux.newSession({ name: `printing-${number}`, command: 'exec cat' })
  }
  const format = '#{?#{m:printing-*,#{session_name}},#{pane_tty},}'
  const terminals = (await tmux.run('list-panes', '-a', '-F', format)).split('\n').filter(Boolean)
  const script = fileURLToPath(new URL('../printer.mjs', import.meta.url))
  const printer = startHelper(script, [`${LINES_PER_SECOND}`, ...terminals])
  await printer.ask()
  return printer
}

test('key echo while 50 other sessions print', async () => {
  await using scene = await openScene()
  await using printer = await startPrinters(scene.tmux)
  await using floorPrinter = await startPrinters(scene.floorTmux)
  const rounds: Record<string, Rounds> = {}
  const cases = [
    { peer: scene.dogwatch, printer },
    { peer: scene.bare, printer: floorPrinter },
  ].flatMap((one) => [
    { ...one, state: 'off' },
    { ...one, state: 'on' },
  ])
  for (let round = -1; round < ROUNDS; round += 1) {
    for (const { peer, printer, state } of shuffled(cases)) {
      await printer.ask(state)
      const session = await newTypingSession(peer.tmux)
      const link = await peer.open(session)
      await settle(link)
      const times = await measureEcho(link, { keys: KEYS, pauseMs: typing, deadlineMs: 5_000 })
      await link.cut()
      await peer.tmux.run('kill-session', '-t', session)
      await printer.ask('off')
      if (round < 0) continue
      const key = `${peer.name} ${state}`
      rounds[key] ??= []
      rounds[key].push(times)
    }
  }
  for (const peer of ['dogwatch', 'bare']) {
    const idle = rounds[`${peer} off`] ?? []
    const printing = rounds[`${peer} on`] ?? []
    await report(test.info(), {
      id: `busy.p50.${peer}`,
      name: `key echo while ${SESSIONS} sessions print, p50, ${peer}`,
      unit: 'ms',
      value: quantile(pooled(printing), 0.5),
      floor: { name: 'same, idle', value: quantile(pooled(idle), 0.5) },
      ratio: ratioOf(printing, idle),
      ...(peer === 'dogwatch' ? { budget: { of: 'ratio', max: 1.3 } } : {}),
    })
  }
})
