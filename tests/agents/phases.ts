import { adapterOf } from '../../server/agents/index.ts'
import type { Play } from './play.ts'
import { endNow, type Stage } from './stage.ts'
import { until } from './until.ts'

/** One part of what is tried with an agent, on a stage of its own. */
export type Part = (stage: Stage, play: Play) => Promise<void>

/** How a part is told and set up. */
export interface PartOptions {
  does: string
  part: Part
  /** The agent has not met this user and folder before. */
  isUnknown?: boolean
  /** Further variables of the program beside it. */
  env?: Readonly<Record<string, string>>
}

/** The parts by name, in the order in which they are played. */
export const PARTS: Readonly<Record<string, PartOptions>> = {
  startup: { does: 'asks whether the folder is trusted', part: startup, isUnknown: true },
  talk: { does: 'works, asks, is answered, refused and interrupted', part: talk },
  errors: { does: 'meets a service that fails', part: errors },
  idle: { does: 'waits for a minute', part: idle },
  ends: { does: 'ends, is killed and goes on', part: ends },
}

/** Starts the agent in its shell. */
export async function begin(stage: Stage, play: Play): Promise<void> {
  const act = await stage.line(stage.agent.command(stage.place))
  await play.becomes('fresh', ['idle'], act, true)
  // It draws before it reads keys.
  await play.hold(3_000)
}

async function startup(stage: Stage, play: Play): Promise<void> {
  const { trust, reviewsHooks, command } = stage.agent
  if (!trust) {
    play.row('startup', ['asking startup'], 'none', { notes: ['no dialog of trust'] })
    return
  }
  const act = await stage.line(command(stage.place))
  await play.becomes('startup', ['asking startup'], act, true)
  await play.hold(4_000)
  const asked = stage.feed.view?.ask?.text
  const trusted = await stage.keys(trust((await stage.shown()).text))
  if (!stage.place.hooks || !reviewsHooks) {
    await play.becomes('trusted', ['idle'], trusted)
    return
  }
  const isOther = () => (stage.feed.view?.ask?.text !== asked ? Date.now() : undefined)
  await play.becomes('hooks to be reviewed', ['asking startup'], (await until(isOther, 8_000)) ?? 0)
  await play.hold(3_000)
}

async function talk(stage: Stage, play: Play): Promise<void> {
  const { keys } = adapterOf(stage.kind)
  await begin(stage, play)

  let act = await play.prompt('Please tidy up. %slow=6 %tool=bash %final=3')
  await play.becomes('working', ['working'], act)
  const called = await play.model(['called'], act)
  await play.becomes('permission', ['asking permission'], called.at)
  // Claude's own notice of it comes after 6 s.
  await play.hold(8_000)
  act = await stage.keys(keys.approve ?? [])
  await play.becomes('approved', ['working'], act)
  let answered = await play.model(['answered'], act)
  await play.becomes('done', ['idle'], answered.at)
  await play.turnEnds(['done'])
  await play.hold(3_000)

  act = await play.prompt(`Write a note. %slow=1 %tool=${stage.agent.refused ?? 'edit'}`)
  await play.becomes('working again', ['working'], act)
  const asked = await play.model(['called'], act)
  await play.becomes('permission again', ['asking permission'], asked.at)
  await play.hold(1_500)
  act = await stage.keys(keys.deny ?? [])
  await play.becomes('denied', ['idle'], act)
  await play.turnEnds(['interrupted', 'done', 'asked'])
  await play.hold(3_000)

  await question(stage, play)

  act = await play.prompt('Think long. %slow=40')
  await play.becomes('streaming', ['working'], act)
  await play.hold(5_000)
  act = await stage.interrupt()
  await play.becomes('interrupted', ['idle'], act)
  await play.turnEnds(['interrupted'])
  await play.hold(3_000)

  act = await play.prompt('Say the words. %slow=2 %trap')
  await play.becomes('working on the trap', ['working'], act)
  answered = await play.model(['answered'], act)
  await play.becomes('trap', ['idle'], answered.at)
  await play.hold(5_000)

  await subagent(stage, play)
}

async function question(stage: Stage, play: Play): Promise<void> {
  let act = await play.prompt('Ask me. %slow=1 %tool=ask')
  await play.becomes('working before the question', ['working'], act)
  const event = await play.model(['called', 'toolless'], act)
  if (event.type === 'toolless' || !stage.agent.shows['asking question']) {
    const answered = await play.model(['answered'], act)
    await play.becomes('question', ['idle'], answered.at)
    play.row('question', ['asking question'], 'none', { notes: ['no such dialog in this mode'] })
    return
  }
  await play.becomes('question', ['asking question'], event.at)
  await play.hold(3_000)
  act = await stage.keys(['Enter'])
  const answered = await play.model(['answered'], act)
  await play.becomes('question answered', ['idle'], answered.at)
  await play.hold(1_000)
}

async function subagent(stage: Stage, play: Play): Promise<void> {
  const act = await play.prompt('Delegate. %slow=1 %tool=agent')
  await play.becomes('delegating', ['working'], act)
  const event = await play.model(['called', 'toolless'], act)
  if (event.type === 'toolless') {
    play.row('subagent', ['working'], 'none', { notes: ['offers no such tool'] })
    await play.model(['answered'], act)
    return
  }
  // Codex goes on by itself: its own turn is over before that of the subagent.
  if (stage.agent.delegates === 'behind') play.release()
  const child = await until(() => stage.feed.children.at(-1), 8_000)
  const notes = [child ? `a row of its own: ${child.title}` : 'no row of its own']
  play.row('subagent', ['working'], child ? 'ok' : 'miss', {
    notes,
    ...(child ? { state: 'working' } : {}),
  })
  // The subagent's answer, then the parent's.
  const first = await play.model(['answered'], event.at)
  const last = await until(async () => {
    const { events } = stage.model
    const newest = events.at(-1)
    const isQuiet = newest?.type === 'answered' && Date.now() - newest.at > 3_000
    return isQuiet ? newest : undefined
  }, 30_000)
  await play.becomes('delegated', ['idle'], last?.at ?? first.at)
}

async function errors(stage: Stage, play: Play): Promise<void> {
  const { failures } = stage.agent
  await begin(stage, play)
  for (const status of ['429', '500', '400'] as const) {
    const state = failures[status]
    const isSilent = stage.agent.silent?.includes(status) ?? false
    const act = await play.prompt(`Go on. %error=${status}`)
    await play.model(['failed'], act)
    await play.becomes(status, isSilent ? [state, 'working'] : [state], act)
    await play.hold(5_000)
    if (state === 'failed') {
      await play.turnEnds(['failed'])
      continue
    }
    const stopped = await stage.interrupt()
    await play.becomes(`${status}, interrupted`, ['idle', 'failed'], stopped)
    play.release()
  }
  const act = await play.prompt('Talk on. %slow=60')
  await play.becomes('streaming', ['working'], act)
  await play.hold(3_000)
  const down = Date.now()
  await stage.model.stop()
  await play.becomes('endpoint down', [failures.down], down)
  await play.hold(6_000)
  await stage.model.start()
  play.release()
  if (failures.down === 'failed') return
  const up = Date.now()
  const again = await until(
    () => stage.model.events.find(({ type, at }) => type === 'asked' && at > up),
    60_000,
  )
  if (again) await play.becomes('endpoint back', ['working'], again.at)
  else play.row('endpoint back', ['working'], 'none', { notes: ['not asked again in 60 s'] })
  await play.hold(2_000)
  const stopped = await stage.interrupt()
  await play.becomes('interrupted', ['idle', 'failed'], stopped)
}

async function idle(stage: Stage, play: Play): Promise<void> {
  await begin(stage, play)
  const act = await play.prompt('Be short. %slow=1')
  await play.becomes('working', ['working'], act)
  const answered = await play.model(['answered'], act)
  await play.becomes('done', ['idle'], answered.at)
  await play.hold(5_000)
  const { frames } = stage.feed
  const from = Date.now()
  await play.becomes('idle for 65 s', ['idle'], from)
  await play.hold(65_000)
  const more = stage.feed.frames - frames
  play.row('silence', ['idle'], more > 2 ? 'miss' : 'ok', { notes: [`${more} frames in 65 s`] })
}

async function ends(stage: Stage, play: Play): Promise<void> {
  const { agent, tmux } = stage
  await begin(stage, play)
  let act = await play.prompt('First words. %slow=1')
  await play.becomes('working', ['working'], act)
  await play.becomes('done', ['idle'], (await play.model(['answered'], act)).at)
  await play.hold(1_000)
  act = await play.prompt(agent.exit)
  await play.becomes('exit', ['ended'], act)
  play.release()

  await stage.line('clear')
  await begin(stage, play)
  act = await play.prompt('Go long. %slow=60')
  await play.becomes('working', ['working'], act)
  await play.hold(3_000)
  act = Date.now()
  await tmux.run('kill-session', '-t', '=agent')
  await play.becomes('hangup', ['ended'], act)
  await play.turnEnds(['lost'])
  play.release()

  await stage.openPane()
  await begin(stage, play)
  act = await play.prompt('Once more. %slow=1')
  await play.becomes('working', ['working'], act)
  await play.becomes('done', ['idle'], (await play.model(['answered'], act)).at)
  act = await play.prompt('Go long again. %slow=60')
  await play.becomes('working', ['working'], act)
  await play.hold(4_000)
  const before = stage.feed.view
  act = Date.now()
  for (const pid of (await stage.processes()).reverse()) endNow(pid)
  // One of an agent before it may be its own: it would go on with the turn, and the next one with it.
  stage.endDaemons()
  await play.becomes('kill -9', ['ended'], act)
  await play.turnEnds(['lost'])
  play.release()
  await resume(stage, play, before?.conversation)
}

async function resume(stage: Stage, play: Play, conversation = ''): Promise<void> {
  const { agent, kind } = stage
  // The dead program left its modes on the terminal.
  await stage.line('reset')
  await stage.line('clear')
  const words = adapterOf(kind).resume?.(conversation, agent.command(stage.place).split(' ')) ?? []
  if (words.length === 0) {
    const notes = [`its conversation is not known ("${conversation}")`]
    play.row('resume', ['idle'], 'miss', { notes })
    return
  }
  const act = await stage.line(words.join(' '))
  const said = await play.becomes('resume', ['idle'], act, true)
  await play.hold(3_000)
  const prompted = await play.prompt('And now? %slow=1')
  await play.becomes('working', ['working'], prompted)
  await play.becomes('done', ['idle'], (await play.model(['answered'], prompted)).at)
  const same = await until(() => {
    const known = stage.feed.view?.conversation
    return known === conversation ? known : undefined
  }, 15_000)
  play.row('resumed conversation', ['idle'], same ? 'ok' : 'miss', {
    notes: [`${stage.feed.view?.conversation ?? said?.view.conversation ?? 'unknown'}`],
  })
}
