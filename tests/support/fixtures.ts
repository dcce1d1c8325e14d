import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Observation, ScreenFacts } from '../../server/agents/adapter.ts'
import type { AgentKind } from '../../server/protocol.ts'

const ROOT = join(import.meta.dirname, '..', 'fixtures')

export interface RecordedScreen extends ScreenFacts {
  name: string
  /** The program had ended when this was taken: what is left on the screen is a dead frame. */
  exited?: boolean
}

export interface Recording {
  kind: AgentKind
  version: string
  folder: string
}

/** Every recorded version of every kind: `<kind>/<version>/`. */
export function recordings(): Recording[] {
  return readdirSync(ROOT, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name: kind }) =>
      readdirSync(join(ROOT, kind)).map((version) => ({
        kind: kind as AgentKind,
        version,
        folder: join(ROOT, kind, version),
      })),
    )
}

/** The screens of a recording: a line of JSON (title, cols, alternate), then the rows. */
export function screensOf({ folder }: Recording): RecordedScreen[] {
  const screens = join(folder, 'screens')
  if (!existsSync(screens)) return []
  return readdirSync(screens)
    .sort()
    .map((file) => {
      const [head = '', ...rows] = readFileSync(join(screens, file), 'utf8').split('\n')
      return { ...JSON.parse(head), rows, at: 1_000, name: file.replace(/\.txt$/, '') }
    })
}

/** One recorded screen by kind and name, of the first version that has it. */
export function screen(kind: AgentKind, name: string): RecordedScreen {
  const all = recordings().filter((recording) => recording.kind === kind)
  const found = all.flatMap(screensOf).find((one) => one.name === name)
  if (!found) throw new Error(`no recorded screen ${kind} ${name}`)
  return found
}

type RecordedFile = 'hooks.jsonl' | 'transcript.jsonl' | 'subagent.jsonl' | 'subagent-parent.jsonl'

/** Lines of a recorded file; empty where this version has none. */
export function linesOf({ folder }: Recording, file: RecordedFile): string[] {
  const path = join(folder, file)
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : []
}

/** A statement in words: `asking permission [Bash]: touch x`, `idle done`; null for none. */
export function inWords(observation: Observation | undefined): string | null {
  const says = observation?.says
  if (!says) return null
  if (says.type === 'asking') {
    const { kind, tool, text } = says.ask
    return `asking ${kind}${tool ? ` [${tool}]` : ''}${text ? `: ${text}` : ''}`
  }
  return says.type === 'idle' && says.end ? `idle ${says.end}` : says.type
}
