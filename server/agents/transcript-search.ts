import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { AgentFiles, ProcessFacts, TranscriptLayout } from './adapter.ts'
import { openTranscript, readRange, TranscriptError } from './transcript-file.ts'

/** Clocks and files lag behind each other by up to so much (milliseconds). */
const LAG_MS = 2_000
/** Folders of days are named in the agent's own time zone. */
const DAY_MS = 86_400_000
/** First lines are read up to here: some hold all that the model was told. */
const HEAD_BYTES = 262_144
/** A program's folder has seldom more files that are written to at the same time. */
const HEADS_MAX = 1_000

/**
 * The file of a conversation; undefined where none has it, or files in two folders. Of several in
 * one folder the oldest counts: Gemini begins a new one on each resume and goes on in the old one.
 */
export async function findByConversation(
  { transcripts, layout }: AgentFiles,
  conversation: string,
): Promise<string | undefined> {
  if (transcripts === undefined || !layout) return undefined
  const found: string[] = []
  for (const folder of await foldersOf(transcripts, layout)) {
    const names = await readdir(folder).catch(() => [])
    const [oldest] = names.filter((name) => layout.holds(name, conversation)).sort()
    if (oldest !== undefined) found.push(join(folder, oldest))
  }
  return found.length === 1 ? found[0] : undefined
}

/**
 * Finds the transcript of a process that nothing ties to one: the only conversation that began in
 * its folder since it runs. Where two fit nobody may guess. Remembers first lines, which do not
 * change: it looks every few seconds, for as long as nobody talks to that agent.
 */
export class BegunTranscript {
  readonly #process: ProcessFacts
  readonly #from: number
  readonly #files: AgentFiles
  /** When the conversation of each file began, or that it is none of this process. */
  readonly #heads = new Map<string, number | undefined>()

  /** `startedAt`: of the process, epoch milliseconds. */
  constructor(process: ProcessFacts, startedAt: number, files: AgentFiles) {
    this.#process = process
    this.#from = startedAt - LAG_MS
    this.#files = files
  }

  /** `isFree`: whether no other agent has this file. */
  async find(isFree: (path: string) => boolean): Promise<string | undefined> {
    const { transcripts, layout } = this.#files
    if (transcripts === undefined || !layout?.began) return undefined
    const since = layout.dated ? new Date(this.#from - DAY_MS).toISOString().slice(0, 10) : ''
    const found: string[] = []
    for (const folder of await foldersOf(transcripts, layout, since)) {
      // A folder changes with each file that comes into it.
      if (!(await isSince(folder, this.#from))) continue
      for (const name of await readdir(folder).catch(() => [])) {
        const path = join(folder, name)
        const began = await this.#began(path, transcripts, layout)
        if (began !== undefined && began >= this.#from && isFree(path)) found.push(path)
      }
    }
    return found.length === 1 ? found[0] : undefined
  }

  async #began(path: string, root: string, layout: TranscriptLayout): Promise<number | undefined> {
    if (this.#heads.has(path)) return this.#heads.get(path)
    if (!(await isSince(path, this.#from))) return undefined
    const line = await firstLine(path, root)
    if (line === undefined) return undefined
    if (this.#heads.size >= HEADS_MAX) this.#heads.clear()
    const began = layout.began?.(line, this.#process)
    this.#heads.set(path, began)
    return began
  }
}

/** The folders that hold files, of days from `since` (`2026-11-20`) on where they are dated. */
async function foldersOf(
  root: string,
  { folders }: TranscriptLayout,
  since = '',
): Promise<string[]> {
  let level = [{ path: root, day: '' }]
  for (const pattern of folders) {
    const next: typeof level = []
    for (const { path, day } of level) {
      for (const name of await readdir(path).catch(() => [])) {
        const date = day === '' ? name : `${day}-${name}`
        if (!pattern.test(name) || (since !== '' && date < since.slice(0, date.length))) continue
        next.push({ path: join(path, name), day: date })
      }
    }
    level = next
  }
  return level.map(({ path }) => path)
}

async function isSince(path: string, from: number): Promise<boolean> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs >= from,
    () => false,
  )
}

/** Undefined where there is no whole line yet, or the file is not one to be read. */
async function firstLine(path: string, root: string): Promise<string | undefined> {
  try {
    const { file, facts } = await openTranscript(path, root)
    await using _ = file
    const text = (await readRange(file, 0, Math.min(facts.size, HEAD_BYTES))).toString()
    const end = text.indexOf('\n')
    return end < 0 ? undefined : text.slice(0, end)
  } catch (error) {
    if (error instanceof TranscriptError) return undefined
    throw error
  }
}
