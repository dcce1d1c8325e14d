import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'playwright/test'
import type { AgentsResponse, SnapshotsResponse, StatusResponse } from '../../../server/protocol.ts'
import type { Tmux } from '../../support/tmux.ts'
import { type Helper, startHelper } from '../child.ts'
import { measureEcho, settle, typing } from '../echo.ts'
import { LiveAgents } from '../live-agents.ts'
import { report, sized } from '../row.ts'
import { newTypingSession, openScene, type Scene } from '../scene.ts'
import { quantile } from '../stats.ts'

const SIZES = sized([50, 100], [50])
const LINES_PER_SECOND = 5
/** Six times as often as by default: what is measured is the worst, not the mean. */
const SECONDS = 5
/** dogwatch tells how late its event loop ran in its last whole minute. */
const MINUTE_MS = 60_000
const KEYS = sized(400, 100)

/** Lets every agent's terminal show something new all the time. */
async function startPrinter(tmux: Tmux): Promise<Helper> {
  const format = '#{?#{m:agent-*,#{session_name}},#{pane_tty},}'
  const terminals = (await tmux.run('list-panes', '-a', '-F', format)).split('\n').filter(Boolean)
  const script = fileURLToPath(new URL('../printer.mjs', import.meta.url))
  const printer = startHelper(script, [`${LINES_PER_SECOND}`, ...terminals])
  await printer.ask()
  return printer
}

async function running(scene: Scene): Promise<string[]> {
  const { json } = await scene.server.api(scene.token).get<AgentsResponse>('/api/agents')
  return json.agents.filter(({ turn }) => turn !== undefined).map(({ id }) => id)
}

test('snapshots of many turns at once, while somebody types', async () => {
  await using scene = await openScene({ DOGWATCH_SNAPSHOT_SECONDS: `${SECONDS}` })
  const api = scene.server.api(scene.token)
  const live = new LiveAgents(scene.tmux)
  for (const agents of SIZES) {
    await live.grow(agents, 'busy')
    await expect.poll(async () => (await running(scene)).length, { timeout: 120_000 }).toBe(agents)
    await using printer = await startPrinter(scene.tmux)
    await printer.ask('on')
    const session = await newTypingSession(scene.tmux)
    const link = await scene.dogwatch.open(session)
    await settle(link)
    const started = performance.now()
    const times: number[] = []
    // One whole minute of dogwatch's own lies within two of ours.
    while (performance.now() - started < 2 * MINUTE_MS + 5_000) {
      times.push(...(await measureEcho(link, { keys: KEYS, pauseMs: typing, deadlineMs: 5_000 })))
      await wait(500)
    }
    const { eventLoopDelay } = (await api.get<StatusResponse>('/api/status')).json
    await link.cut()
    await printer.ask('off')
    await scene.tmux.run('kill-session', '-t', session)
    const ages = await Promise.all(
      (await running(scene)).map(async (id) => {
        const path = `/api/agents/${id}/snapshots?limit=1`
        const [last] = (await api.get<SnapshotsResponse>(path)).json.snapshots
        return last ? (Date.now() - last.seenAt) / 1_000 : Number.POSITIVE_INFINITY
      }),
    )
    await report(test.info(), {
      id: `snapshots.delay.${agents}`,
      name: `event loop while ${agents} turns are remembered every ${SECONDS} s, p99`,
      unit: 'ms',
      value: eventLoopDelay.p99,
      budget: { of: 'value', max: 20 },
      note: `worst ${eventLoopDelay.max} ms; key echo p50 ${quantile(times, 0.5).toFixed(1)} ms, p95 ${quantile(times, 0.95).toFixed(1)} ms`,
    })
    await report(test.info(), {
      id: `snapshots.age.${agents}`,
      name: `age of the oldest newest snapshot of ${agents} turns`,
      unit: 's',
      value: Math.max(...ages),
      budget: { of: 'value', max: SECONDS + 1 },
    })
  }
})
