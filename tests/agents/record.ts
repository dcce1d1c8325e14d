import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { adapterOf } from '../../server/agents/index.ts'
import type { AgentKind } from '../../server/protocol.ts'
import { inWords } from '../support/fixtures.ts'
import type { State } from './feed-log.ts'
import type { Shown } from './pane.ts'

/** Files and hooks tell before the screen is drawn (milliseconds). */
const DRAWN_MS = 600

const FIXTURES = join(import.meta.dirname, '..', 'fixtures')

export interface Recorded {
  kind: AgentKind
  version: string
  part: string
  cols: number
  rows: number
}

/**
 * Keeps screens under `tests/fixtures/<kind>/<version>/screens`, and in `screens.json` what the
 * adapter says of them now. Where that is not what was true it says so: either the adapter needs a
 * repair, or the screen was taken in between.
 */
export function recorder({ kind, version, part, cols, rows }: Recorded, isOn: boolean) {
  const folder = join(FIXTURES, kind, version)
  const counts = new Map<string, number>()
  return async (
    phase: string,
    expected: readonly State[],
    look: () => Promise<Shown>,
  ): Promise<void> => {
    // A part may have several phases of one name; an ended pane has no screen to look at.
    const times = (counts.get(phase) ?? 0) + 1
    counts.set(phase, times)
    if (!isOn || /^(hangup|exit|kill -9)$/.test(phase)) return
    await wait(DRAWN_MS)
    const shown = await look()
    const slug = `${phase}${times > 1 ? ` ${times}` : ''}`.replaceAll(/[^\w]+/g, '-')
    const name = `${cols}x${rows}-${part}-${slug}`
    const lines = scrub(shown.text).split('\n')
    const head = { title: scrub(shown.title), cols, alternate: shown.alternate }
    mkdirSync(join(folder, 'screens'), { recursive: true })
    writeFileSync(
      join(folder, 'screens', `${name}.txt`),
      `${JSON.stringify(head)}\n${lines.map((row) => row.trimEnd()).join('\n')}\n`,
    )
    const adapter = adapterOf(kind)
    const facts = { ...head, rows: lines, at: 1_000 }
    const screen = inWords(adapter.fromScreen?.(facts))
    const title = inWords(adapter.fromTitle?.(head.title, 1_000))
    if (!expected.some((state) => screen?.startsWith(state)))
      process.stdout.write(`${kind} ${version} ${name}: ${screen}, but ${expected} was true\n`)
    addExpected(join(folder, 'screens.json'), name, { screen, title })
  }
}

/** The folder of the run has a random name; another of the same length keeps the rows as they are. */
function scrub(text: string): string {
  // A narrow pane may have wrapped its beginning.
  return text.replaceAll(/\b\w{6}(?=\/(work|home)\b)/g, '000000')
}

function addExpected(file: string, name: string, said: object): void {
  const known = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}
  const all: Record<string, object> = { ...known, [name]: said }
  const lines = Object.keys(all)
    .sort()
    .map((key) => `  ${JSON.stringify(key)}: ${JSON.stringify(all[key])}`)
  writeFileSync(file, `{\n${lines.join(',\n')}\n}\n`)
}
