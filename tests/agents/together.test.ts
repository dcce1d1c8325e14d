import { expect, type Page, test } from 'playwright/test'
import type { HookKind } from '../../server/agents/hooks/places.ts'
import type { LostAgent, RecoveryResponse } from '../../server/protocol.ts'
import { openApp } from '../support/page.ts'
import { chosenKinds, chosenPhases } from './chosen.ts'
import { Company, type Member } from './company.ts'
import type { State } from './feed-log.ts'
import { installAgent } from './install.ts'
import { REAL_AGENTS } from './kinds.ts'
import { ROWS_ATTACHMENT, type Row } from './row.ts'
import { until } from './until.ts'

/** Several that start at once on a small machine take their time (milliseconds). */
const START_MS = 180_000
const TURN_MS = 60_000
const LOST_MS = 30_000
const HISTORY_MS = 60_000
/** The turn in which tmux is killed lasts longer than all that happens in it (seconds). */
const TURN_S = 200

/** The prompt that an agent is given first, and the one in whose turn it is cut off. */
const first = ({ kind }: Member) => `First words of ${kind}.`
const long = ({ kind }: Member) => `Go long, ${kind}.`

const phases = chosenPhases()

test('all that were cut off with their tmux come back with one press, each to its own words', async ({
  page,
}) => {
  test.skip(phases.length > 0 && !phases.includes('together'), 'another phase was asked for')
  const bins = new Map<HookKind, string>()
  for (const { kind, version } of chosenKinds()) {
    const installed = await installAgent(REAL_AGENTS[kind], version)
    if ('reason' in installed) test.skip(true, installed.reason)
    else bins.set(kind, installed.folder)
  }
  await using company = await Company.open(bins)
  const rows: Row[] = []
  try {
    await comeBack(company, page, (member, phase, isRight, more) => {
      const { kind } = member
      const verdict = isRight ? 'ok' : 'miss'
      const row = { kind, version: REAL_AGENTS[kind].version, hooks: true, phase }
      rows.push({ ...row, expected: [], verdict, notes: [], ...more })
    })
  } finally {
    const body = JSON.stringify(rows)
    await test.info().attach(ROWS_ATTACHMENT, { body, contentType: 'application/json' })
  }
  const missed = rows.filter(({ verdict }) => verdict === 'miss')
  expect(missed.map(({ kind, phase, notes }) => ({ kind, phase, notes }))).toEqual([])
})

type Tell = (member: Member, phase: string, isRight: boolean, more: Partial<Row>) => void

async function comeBack(company: Company, page: Page, tell: Tell): Promise<void> {
  const { members, server, tmux } = company
  const api = server.api(await server.pair())
  const recovery = async () => (await api.get<RecoveryResponse>('/api/recovery')).json
  const all = async (phase: string, states: State[], act: (one: Member) => Promise<number>) => {
    const acts: number[] = []
    for (const member of members) acts.push(await act(member))
    for (const [index, member] of members.entries()) {
      const from = acts[index] ?? 0
      const patience = phase === 'started' ? START_MS : TURN_MS
      const said = await until(() => member.feed.firstSince(states, from), patience)
      tell(member, phase, said !== undefined, {
        state: said?.state ?? member.feed.state ?? 'unknown',
        ...(said ? { seconds: Math.max(0, said.at - from) / 1_000 } : {}),
      })
    }
  }
  await all('started', ['idle'], ({ kind, pane, place }) =>
    pane.line(REAL_AGENTS[kind].command(place)),
  )
  for (const member of members) {
    // It draws before it reads keys; a turn that its model answered proves that it does.
    await until(async () => {
      await member.pane.keys(['C-u'])
      const at = await member.pane.line(`${first(member)} %slow=2`)
      return until(() => member.feed.firstSince(['working'], at), 10_000)
    }, TURN_MS)
    await until(() => (member.feed.view?.lastTurn?.end === 'done' ? true : undefined), TURN_MS)
  }
  await all('in a turn', ['working'], ({ pane, ...member }) =>
    pane.line(`${long({ pane, ...member })} %slow=${TURN_S}`),
  )
  const before = new Map(members.map(({ kind, feed }) => [kind, feed.view]))

  await tmux.run('kill-server')
  const lost = await until(async () => {
    const { agents } = await recovery()
    const isKnown = ({ turn }: LostAgent) => turn?.end === 'lost' || turn?.end === 'interrupted'
    return agents.filter(isKnown).length === members.length ? agents : undefined
  }, LOST_MS)
  const offered = lost ?? (await recovery()).agents
  for (const member of members) {
    const one = offered.find(({ kind }) => kind === member.kind)
    const conversation = before.get(member.kind)?.conversation ?? 'unknown'
    const isOwn = one?.resume?.some((word) => word.endsWith(conversation)) === true
    tell(member, 'what was lost', isOwn && one.worktree === member.place.work, {
      notes: [`turn ${one?.turn?.end}: ${one?.resume?.join(' ') ?? one?.reason}`],
    })
  }

  await openApp(page, server, { path: '/recovery' })
  await expect(page.locator('.lost-agent')).toHaveCount(members.length)
  const act = Date.now()
  await page.getByRole('button', { name: 'Rebuild and resume all' }).click()
  for (const member of members) {
    const { kind, feed, pane, place } = member
    const old = before.get(kind)
    const said = await until(() => feed.firstSince(['idle'], act), START_MS)
    const view = said?.view
    const words = await until(async () => {
      const text = await pane.history()
      return text.includes(first(member)) || text.includes(long(member)) ? text : undefined
    }, HISTORY_MS)
    const same = await until(
      () => (feed.view?.conversation === old?.conversation ? true : undefined),
      LOST_MS,
    )
    const isElsewhere = view !== undefined && view.cwd !== place.work
    tell(member, 'back with one press', same === true && words !== undefined && !isElsewhere, {
      ...(said ? { state: said.state, seconds: (said.at - act) / 1_000 } : {}),
      notes: [
        words === undefined ? 'does not show what was said before' : 'shows what was said before',
        ...(same ? [] : [`it goes on with ${feed.view?.conversation}, not ${old?.conversation}`]),
        ...(isElsewhere ? [`it is in ${view.cwd}`] : []),
      ],
    })
  }
  const steps = page.locator('.lost-agent .step')
  await expect(steps).toHaveText(
    members.map(() => 'resumed'),
    { timeout: LOST_MS },
  )
  await expect(page.getByText('All that can come back is back.')).toBeVisible()
  for (const { kind, feed } of members) {
    const [ghost] = feed.ghosts
    const member = members.find((one) => one.kind === kind)
    if (ghost && member) tell(member, 'ghost', false, { notes: [ghost.evidence.line] })
  }
}
