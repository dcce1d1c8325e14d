import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { test } from 'playwright/test'
import type { SearchResponse, StatusResponse } from '../../../server/protocol.ts'
import { Random } from '../../support/random.ts'
import { measureEcho, settle, typing } from '../echo.ts'
import { report, sized } from '../row.ts'
import { newTypingSession, openScene, type Scene } from '../scene.ts'
import { quantile } from '../stats.ts'

const LINES = sized(1_000_000, 100_000)
const PIECE_LINES = 60
const AGENTS = 40
const ROUNDS = sized(10, 3)
const KEYS = sized(600, 200)
/** Ids of one millisecond in that table. */
const IDS_PER_MS = 1_024

const WORDS =
  'error warning build test server request socket handler index reading writing file function export return const await promise timeout retry branch commit merge green failing passed module worker thread memory cache token 端末 記憶 größe naïve'.split(
    ' ',
  )

/** What people look for: rare, common, nowhere, short, in another script, two words, hostile. */
const QUERIES = [
  'needle-12345',
  'error',
  'failing test',
  'nowhere-at-all',
  'soc',
  '端末',
  'größe',
  'merge green commit',
  '"; DROP TABLE search_texts; --',
  'needle-12345 OR NOT',
]

/** Fills the memory of a server that is stopped, with lines of which no two are the same. */
function fill(dataDir: string): void {
  const db = new Sqlite(join(dataDir, 'dogwatch.db'))
  const random = new Random(1)
  const word = () => random.pick(WORDS)
  const insert = db.prepare(
    `INSERT INTO search_texts (id, kind, agent, agent_kind, session, repository, ref, line, text)
     VALUES (?, ?, ?, 'claude', ?, ?, ?, 0, ?)`,
  )
  const first = (Date.now() - 6 * 86_400_000) * IDS_PER_MS
  const pieces = Math.ceil(LINES / PIECE_LINES)
  db.transaction(() => {
    for (let piece = 0; piece < pieces; piece += 1) {
      const lines = Array.from({ length: PIECE_LINES }, (_, line) => {
        const number = piece * PIECE_LINES + line
        const rare = number % 77_777 === 12_345 ? 'needle-12345' : word()
        return `${number.toString(36)} ${word()} ${word()} ${rare} ${word()} ${word()} ${word()}`
      })
      const agent = piece % AGENTS
      insert.run(
        first + Math.floor((piece / pieces) * 5 * 86_400_000) * IDS_PER_MS + (piece % IDS_PER_MS),
        piece % 3 === 0 ? 'transcript' : 'snapshot',
        `agent-${agent}`,
        `session-${agent}`,
        `/work/${agent % 7}`,
        `${piece}`,
        lines.join('\n'),
      )
    }
  })()
  db.close()
}

interface Search {
  query: string
  ms: number
}

/** Asks everything so many times; milliseconds as a page sees them. */
async function searches(scene: Scene): Promise<Search[]> {
  const api = scene.server.api(scene.token)
  const results: Search[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const query of QUERIES) {
      for (const filter of ['', '&kind=transcript', `&agent=agent-${round % AGENTS}`]) {
        const start = performance.now()
        await api.get<SearchResponse>(`/api/search?q=${encodeURIComponent(query)}${filter}`)
        results.push({ query: `${query}${filter}`, ms: performance.now() - start })
      }
    }
  }
  return results
}

test('search over a million lines, while somebody types', async () => {
  await using scene = await openScene()
  await scene.server.stop()
  fill(scene.server.dataDir)
  await scene.server.start()
  await searches(scene)

  const session = await newTypingSession(scene.tmux)
  const link = await scene.dogwatch.open(session)
  await settle(link)
  const echo = () => measureEcho(link, { keys: KEYS, pauseMs: typing, deadlineMs: 5_000 })
  const calm = await echo()
  const [found, busy] = await Promise.all([searches(scene), echo()])
  const { eventLoopDelay } = (
    await scene.server.api(scene.token).get<StatusResponse>('/api/status')
  ).json
  await link.cut()

  const slowest = [...found].sort((a, b) => b.ms - a.ms)[0]
  await report(test.info(), {
    id: 'search.p95',
    name: `search over ${LINES.toLocaleString('en')} lines, p95`,
    unit: 'ms',
    value: quantile(
      found.map(({ ms }) => ms),
      0.95,
    ),
    budget: { of: 'value', max: 150 },
    note: `${found.length} searches, slowest ${slowest?.ms.toFixed(0)} ms: ${slowest?.query}`,
  })
  await report(test.info(), {
    id: 'search.echo',
    name: 'key echo while searching without a pause, p50',
    unit: 'ms',
    value: quantile(busy, 0.5),
    floor: { name: 'same, no search', value: quantile(calm, 0.5) },
    note: `p95 ${quantile(busy, 0.95).toFixed(1)} ms against ${quantile(calm, 0.95).toFixed(1)}; event loop p99 ${eventLoopDelay.p99.toFixed(1)} ms`,
  })
})
