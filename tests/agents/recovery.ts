import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import Sqlite from 'better-sqlite3'
import type {
  AgentView,
  LostAgent,
  RebuildResponse,
  RecoveryResponse,
} from '../../server/protocol.ts'
import { Random } from '../support/random.ts'
import { begin, type PartOptions } from './phases.ts'
import type { Play } from './play.ts'
import type { Stage } from './stage.ts'
import { until } from './until.ts'

/** The long turn and the time between its snapshots: at full length, or a fifth of both (seconds). */
const [TURN_S, EVERY_S] = process.env.DOGWATCH_AGENTS_LONG === '1' ? [300, 30] : [60, 6]
/** Beyond the interval a snapshot may be so much older: one takes a moment to be taken. */
const SLACK_S = 1
const KILLS = 10
const PROMPT = 'Go on for long.'
/** What its screen shows at any time of the turn: the prompt, or words of the answer. */
const SAID = new RegExp(`${PROMPT}|layout|project|thinking`)
/** Of the turn, which begins with the agent's own waits and must not end before the signals. */
const KILLED_PART = 0.8
/** Longest that a start of ours may take to know the agent again (milliseconds). */
const AGAIN_MS = 30_000
/** Longest that an agent may take to show its old conversation (milliseconds). */
const HISTORY_MS = 30_000

/** What becomes of an agent's work when we, or tmux, are killed in the middle of it. */
export const RECOVERY_PARTS: Readonly<Record<string, PartOptions>> = {
  recovery: { does: 'is taken up again when tmux was killed in a turn', part: recovery },
  kills: {
    does: 'is remembered while we are killed and ended in a long turn',
    part: kills,
    env: { DOGWATCH_SNAPSHOT_SECONDS: `${EVERY_S}` },
  },
}

async function kills(stage: Stage, play: Play): Promise<void> {
  const { server, memory } = stage
  await begin(stage, play)
  const act = await play.prompt(`${PROMPT} %slow=${TURN_S}`)
  await play.becomes('working', ['working'], act)
  play.release()
  const pids = await stage.processes()
  const random = new Random(act % 100_000)
  const windowMs = (TURN_S * 1_000 * KILLED_PART) / KILLS
  for (let number = 1; number <= KILLS; number += 1) {
    const at = act + (number - 1) * windowMs + random.whole(0, windowMs)
    await wait(Math.max(0, at - Date.now()))
    const killedAt = Date.now()
    await server.kill9()
    const notes = [`${((killedAt - act) / 1_000).toFixed(1)} s into the turn`]
    const newest = storedLast(stage)
    await comesBack(stage, play, `kill -9 of ours, ${number}`, notes, async () => {
      if (!newest) return 'no snapshot'
      const age = (killedAt - newest.seenAt) / 1_000
      notes.push(`the newest of ${newest.number} snapshots was ${age.toFixed(1)} s old`)
      const kept = (await memory.list()).find(({ id }) => id === `${newest.number}`)
      const screen = kept && (await memory.read(kept)).screen
      if (age > EVERY_S + SLACK_S) return 'that is too old'
      return screen && SAID.test(screen) ? undefined : `it shows ${screen}`
    })
  }
  for (const signal of ['SIGHUP', 'SIGTERM'] as const) {
    const signalledAt = Date.now()
    const code = await server.stop(signal)
    const notes = [`exit code ${code} after ${Date.now() - signalledAt} ms`]
    const last = storedLast(stage)
    await comesBack(stage, play, `${signal} to us`, notes, async () => {
      if (code !== 0) return 'it should be 0'
      return last && last.seenAt >= signalledAt ? undefined : 'no snapshot after the signal'
    })
  }
  await wait(Math.max(0, act + TURN_S * 1_000 - Date.now()))
  const answered = await play.model(['answered'], act)
  await play.becomes('done', ['idle'], answered.at)
  await play.turnEnds(['done'])
  const same = (await stage.processes()).filter((pid) => pids.includes(pid))
  const { text, missing } = await memory.turnText(1)
  const isWhole = text.includes('That is my answer') && missing === 0
  play.row('the whole turn', ['idle'], isWhole && same.length > 0 ? 'ok' : 'miss', {
    notes: [
      `${text.split('\n').length} lines, ${missing} missing`,
      `${same.length} of its ${pids.length} processes never ended`,
    ],
  })
}

/** The newest snapshot on the disk, and until when it held, while the program does not run. */
function storedLast({ server }: Stage): { number: number; seenAt: number } | undefined {
  const file = new Sqlite(join(server.dataDir, 'dogwatch.db'), { readonly: true })
  const query = 'SELECT number, seen_at AS seenAt FROM snapshots ORDER BY number DESC LIMIT 1'
  try {
    return file.prepare<[], { number: number; seenAt: number }>(query).get()
  } finally {
    file.close()
  }
}

/** Starts the program again: it must know the turn, which still runs, and what `check` finds. */
async function comesBack(
  stage: Stage,
  play: Play,
  phase: string,
  notes: string[],
  check: () => Promise<string | undefined>,
): Promise<void> {
  const { server, memory } = stage
  const startedAt = Date.now()
  await server.start()
  await stage.follow()
  const isAgain = async (): Promise<AgentView | undefined> => {
    const agent = await memory.agent()
    const isSame = agent.liveness === 'live' && agent.turn?.generation === 1
    return isSame && agent.activity === 'working' ? agent : undefined
  }
  const agent = await until(isAgain, AGAIN_MS)
  const fault = (await check()) ?? (agent ? undefined : 'not working again')
  play.row(phase, ['working'], fault === undefined ? 'ok' : 'miss', {
    ...(agent ? { state: 'working', source: agent.evidence.source } : {}),
    seconds: (Date.now() - startedAt) / 1_000,
    notes: fault === undefined ? notes : [...notes, fault],
  })
}

async function recovery(stage: Stage, play: Play): Promise<void> {
  const { server, tmux } = stage
  writeProfile(stage)
  await begin(stage, play)
  let act = await play.prompt('First words. %slow=1')
  await play.becomes('working', ['working'], act)
  await play.becomes('done', ['idle'], (await play.model(['answered'], act)).at)
  await play.hold(3_000)

  act = await play.prompt('Go long. %slow=120')
  await play.becomes('working', ['working'], act)
  await play.hold(4_000)
  act = Date.now()
  await tmux.run('kill-server')
  await play.becomes('tmux killed', ['ended'], act)
  // Some write down that they were interrupted when the terminal hangs up.
  await play.turnEnds(['lost', 'interrupted'])
  play.release()
  await rebuild(stage, play)

  act = await play.prompt('Go long again. %slow=120')
  await play.becomes('working', ['working'], act)
  await play.hold(4_000)
  act = Date.now()
  await server.kill9()
  await tmux.run('kill-server')
  play.release()
  await server.start()
  await stage.follow()
  await play.becomes('tmux and we killed', ['ended'], act)
  play.release()
  await rebuild(stage, play)
}

/** What the user's own shell would set: a pane that we build knows no other environment. */
function writeProfile({ place, shellEnv }: Stage): void {
  const lines = Object.entries(shellEnv).map(([name, value]) => `export ${name}='${value}'`)
  const text = `${lines.join('\n')}\nPATH="$AGENT_BIN:$PATH"\n`
  writeFileSync(join(place.home, '.profile'), text)
}

/** Brings back all that was lost with one act, as its page does, and goes on with the conversation. */
async function rebuild(stage: Stage, play: Play): Promise<void> {
  const { api, kind } = stage
  const asked = async () => (await api.get<RecoveryResponse>('/api/recovery')).json
  const lost = await until(async () => {
    const { agents } = await asked()
    return agents.find(
      (one) => one.kind === kind && (one.turn?.end === 'lost' || one.turn?.end === 'interrupted'),
    )
  }, 15_000)
  play.row('what was lost', ['ended'], lost ? 'ok' : 'miss', {
    notes: [lost ? told(lost) : JSON.stringify((await asked()).agents).slice(0, 500)],
  })
  if (!lost) return
  const act = Date.now()
  const path = `/api/recovery/${lost.lost}/rebuild`
  await api.post<RebuildResponse>(path, { id: `at ${act}`, run: true })
  const said = await play.becomes('resumed', ['idle'], act, true)
  const state = await until(async () => {
    const found = (await asked()).agents.find(({ id }) => id === lost.id)
    return !found || found.state.state === 'resumed' ? 'resumed' : undefined
  }, 15_000)
  const words = await until(async () => {
    const text = await stage.tmux.run('capture-pane', '-p', '-S', '-', '-t', stage.pane)
    return /First words|Go long/.test(text) ? text : undefined
  }, HISTORY_MS)
  const conversation = said?.view.conversation
  const isSame =
    conversation === undefined || lost.resume?.some((word) => word.endsWith(conversation))
  const isBack = state === 'resumed' && words !== undefined && isSame === true
  play.row('its conversation', ['idle'], isBack ? 'ok' : 'miss', {
    notes: [
      words === undefined ? 'does not show what was said before' : 'shows what was said before',
      ...(isSame ? [] : [`it goes on with ${conversation}`]),
      ...(state === 'resumed' ? [] : ['the page does not say that it is back']),
    ],
  })
  await play.hold(3_000)
  const prompted = await play.prompt('And now? %slow=1')
  await play.becomes('working', ['working'], prompted)
  await play.becomes('done', ['idle'], (await play.model(['answered'], prompted)).at)
  await play.hold(1_000)
}

function told({ turn, resume, state }: LostAgent): string {
  return `turn ${turn?.generation} ${turn?.end}, ${state.state}: ${(resume ?? []).join(' ')}`
}
