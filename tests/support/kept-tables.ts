import { gzipSync } from 'node:zlib'
import webPush from 'web-push'
import { listAgents, saveAgents } from '../../db/agents.ts'
import { listApplied, noteApplied } from '../../db/applied-hooks.ts'
import { listAttentionOf, listOpenAttention, saveAttention } from '../../db/attention.ts'
import { saveBatches } from '../../db/batches.ts'
import { insertDevice } from '../../db/devices.ts'
import type { Database } from '../../db/open.ts'
import { listPushTargets, savePushTarget } from '../../db/push.ts'
import { addSearchTexts, knownRefs } from '../../db/search.ts'
import { searchStored } from '../../db/search-read.ts'
import { readSettings, saveSettings } from '../../db/settings.ts'
import {
  confirmSnapshot,
  getSnapshot,
  insertSnapshot,
  lastSnapshot,
  type SnapshotRow,
  snapshotSizes,
} from '../../db/snapshots.ts'
import { listRuns, saveRun, type TmuxRunRow } from '../../db/tmux-runs.ts'
import { listTurns, saveTurns } from '../../db/turns.ts'
import type { Transaction, Writer } from '../../db/writer.ts'
import { pastConversation } from '../../server/core/agent-conversation.ts'
import { Batches } from '../../server/core/batches.ts'
import { Devices, hashSecret } from '../../server/core/devices.ts'
import { type Episode, episodeHistory, episodeOf, episodeRow } from '../../server/core/episode.ts'
import { LAST_MOMENTS_MS } from '../../server/core/layouts.ts'
import { agentsLostWith, lostAgent, lostServer, oldPlaceOf } from '../../server/core/lost.ts'
import { pushRequest } from '../../server/core/push-send.ts'
import { TEST_NOTICE } from '../../server/core/push-text.ts'
import { Registry } from '../../server/core/registry.ts'
import { resumePlan } from '../../server/core/resume-plan.ts'
import { readSnapshot, readTurnText, snapshotView } from '../../server/core/snapshot-reading.ts'
import { historicalView, rowsToForget } from '../../server/core/stored-agent.ts'
import { agent } from './agent-view.ts'
import { PushBrowser } from './push-service.ts'
import { quietLog } from './watch.ts'

/** How the program writes into a table, and all that it makes of that. */
export interface KeptTable {
  /** `file` is a conversation of Claude Code. */
  write: (tx: Transaction, file: string) => void
  read: (scene: { db: Database; writer: Writer }) => unknown
}

const DAY = 86_400_000
const NOW = 1_000 * DAY

const EPISODE: Episode = {
  ...{ id: 'e1', agent: 'a1', reason: 'permission', generation: 2, ask: 'a1.2.1' },
  ...{ text: 'rm -r build', since: NOW - DAY, clockShift: 5, openedAt: NOW - DAY },
  seen: { at: NOW - 5, by: 'phone' },
  snoozedUntil: NOW + DAY,
  answered: { at: NOW - 3, by: 'laptop' },
  dismissed: { at: NOW - 2, by: 'desk' },
  closedAt: NOW - 1,
}

const PUSH_BROWSER = new PushBrowser('https://push.example.org/1')
const PUSH_KEYS = webPush.generateVAPIDKeys()

const CONTENT = {
  ...{ screen: ['two'], scrollback: ['one'], alternate: false, joins: true },
  ...{ cursor: { x: 0, y: 1, visible: true }, title: 'title', cwd: '/work' },
}

const SNAPSHOT: Omit<SnapshotRow, 'hash' | 'content' | 'bytes'> = {
  ...{ agent: 'a1', generation: 1, number: 1, at: NOW, seenAt: NOW + 5 },
  ...{ reason: 'start', activity: 'working', cols: 80, rows: 24, lines: 1, cut: 2 },
  ...{ total: 3, history: 4, anchor: 'marks', head: 'abc', changes: 1 },
}

const WINDOW = {
  ...{ index: 0, name: 'main', layout: '', active: true },
  ...{ zoomed: false, autoNamed: true, cols: 80, rows: 24 },
}
const PANE = { index: 0, cwd: '/work', command: 'claude', active: true, agent: 'a1' }

/** By the name of the table in the schema. */
export const KEPT: Readonly<Record<string, KeptTable>> = {
  devices: {
    write(tx) {
      const times = { createdAt: 60_000, lastUsedAt: 120_000 }
      const tokenHash = hashSecret('token')
      insertDevice(tx, { id: 'd1', name: 'phone', scope: 'reply', tokenHash, ...times })
    },
    read({ db, writer }) {
      const signal = AbortSignal.abort()
      const devices = new Devices({ db, writer, localToken: 'local', log: quietLog, signal })
      return [devices.list(), devices.authenticate('token')]
    },
  },
  turns: {
    write(tx) {
      const usage = { input: 1, output: 2, cacheRead: 3, cacheWrite: 4, costUsd: 5 }
      saveTurns(tx, [
        {
          ...{ id: 'a1.1', agent: 'a1', generation: 1, startedAt: 1, endedAt: 2, end: 'done' },
          ...{ prompt: 'Fix it', lastWords: 'Done', tools: 3 },
          usage: { ...usage, contextUsed: 6, contextSize: 7 },
        },
      ])
    },
    read: ({ db }) => listTurns(db, 'a1'),
  },
  appliedHooks: {
    write: (tx) => noteApplied(tx, ['hook']),
    read: ({ db }) => listApplied(db),
  },
  attention: {
    write: (tx) => saveAttention(tx, [episodeRow(EPISODE)]),
    read: ({ db }) => [
      listAttentionOf(db, 'a1')
        .map(episodeOf)
        .map((one) => [one, episodeHistory(one, NOW)]),
      listOpenAttention(db),
    ],
  },
  batches: {
    write: (tx) => saveBatches(tx, [{ session: 's1', label: 'all tests', at: NOW }]),
    async read({ db, writer }) {
      const later = { session: 's2', label: 'next', at: NOW + 1 }
      await writer.write((tx) => saveBatches(tx, [later]))
      const signal = AbortSignal.abort()
      const registry = new Registry({ signal })
      return new Batches({ db, writer, registry, log: quietLog, signal }).labels()
    },
  },
  pushTargets: {
    write(tx) {
      const { endpoint, keys } = PUSH_BROWSER.subscription
      savePushTarget(tx, { id: 'd1', endpoint, ...keys, since: NOW })
    },
    async read({ db }) {
      const [row] = listPushTargets(db)
      if (!row) return undefined
      const { url, body } = await pushRequest(row, TEST_NOTICE, PUSH_KEYS)
      return [row.id, row.since, url, PUSH_BROWSER.read({ body: Buffer.from(body) })]
    },
  },
  settings: {
    write: (tx) => saveSettings(tx, 3, { snapshotSeconds: 5 }),
    async read({ db, writer }) {
      const found = readSettings(db)
      if (!found) return undefined
      // Written over itself: there is one row.
      await writer.write((tx) => saveSettings(tx, found.version, found.changed))
      return [found, db.$client.prepare('SELECT count(*) FROM settings').pluck().get()]
    },
  },
  snapshots: {
    write(tx) {
      const content = gzipSync(JSON.stringify(CONTENT))
      const hash = Buffer.from('shown')
      insertSnapshot(tx, { ...SNAPSHOT, hash, content, bytes: content.length })
    },
    async read({ db, writer }) {
      const last = lastSnapshot(db, 'a1', 1)
      const row = last && getSnapshot(db, last)
      if (!row) return undefined
      await writer.write((tx) => confirmSnapshot(tx, row, NOW))
      // What the next one is compared with, and goes on from.
      const { hash, total, history, anchor } = last
      return [
        [hash.toString('hex'), total, history, anchor, snapshotView(last)],
        [await readSnapshot(row), await readTurnText(db, 'a1', 1), snapshotSizes(db)],
      ]
    },
  },
  searchTexts: {
    write(tx) {
      const place = { agent: 'a1', agentKind: 'claude', session: 'work', repository: '/w' } as const
      const piece = { kind: 'snapshot', ref: '7', line: 3, text: 'a needle in hay' } as const
      addSearchTexts(tx, [{ ...place, ...piece, at: NOW }])
    },
    read({ db }) {
      const kinds = ['snapshot', 'transcript'] as const
      const found = searchStored(db, { terms: ['needle'], kinds: [...kinds], limit: 10 })
      return [found, [...knownRefs(db, 'a1', 'snapshot', ['7'])]]
    },
  },
  agents: {
    write(tx, transcript) {
      const place = { session: 'work', window: 'main', pane: 0 }
      const view = agent({ conversation: 'c-1234567', place })
      saveAgents(tx, [
        {
          ...{ id: 'a1', view, run: 'r1', window: 2, argv: ['claude', '--model', 'opus'] },
          ...{ transcript, tool: 'Bash', seenAt: NOW, endedAt: NOW + 1 },
        },
      ])
    },
    async read({ db }) {
      const [row] = listAgents(db)
      // It ended just too long before its tmux was seen last.
      const run = { ...RUN, seenAt: NOW + 1 + LAST_MOMENTS_MS }
      if (!row) return undefined
      const plan = resumePlan(row, true)
      const facts = { hasFolder: true, plan, turn: undefined, snapshot: 1, state: WAITING }
      return [
        [row.id, historicalView(row), plan, oldPlaceOf(row), lostAgent(row, facts)],
        [agentsLostWith(run, [row]).length, rowsToForget([row], () => false, NOW + 91 * DAY)],
        await pastConversation(row, { before: undefined, limit: 10 }),
      ]
    },
  },
  tmuxRuns: {
    write: (tx) => saveRun(tx, RUN),
    read: ({ db }) => listRuns(db).map((run) => [lostServer(run, () => false), run.resumedAt]),
  },
}

const WAITING = { state: 'waiting' } as const

const RUN: TmuxRunRow = {
  ...{ id: 'r1', server: 't1', label: 'default', restoredBy: 'resurrect' },
  ...{ seenAt: NOW, resumedAt: NOW + 1 },
  sessions: [{ name: 'work', windows: [{ ...WINDOW, panes: [PANE] }] }],
}
