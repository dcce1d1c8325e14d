import { every } from '../lib/time.ts'
import type { Log } from '../log.ts'
import type { DiffResponse, GitView } from '../protocol.ts'
import { readChanges } from './git-changes.ts'
import { checkWorktree, unknownView } from './git-check.ts'
import type { Git } from './git-command.ts'
import { findWorktree, type GitPlace, signatureOf } from './git-place.ts'
import { type GitMemory, nextPause, type WorktreeLife, whatIsDue } from './git-timing.ts'
import { Slots } from './slots.ts'

/** Agents are gone through this often (milliseconds); reading their state costs nothing. */
const TICK_MS = 1_000
/** Where no worktree was found, one is looked for again so often: `git init` happens (milliseconds). */
const FIND_AGAIN_MS = 60_000
/** A slow disk must not tie up the machine with git: so many run at once. */
const AT_ONCE = 3

/** One agent as far as git is concerned. */
export interface GitSubject {
  id: string
  cwd: string
  isLive: boolean
  isWorking: boolean
  /** Counts its finished turns. */
  turnEnds: number
  /** Changes when it does anything. */
  stir: string
  /** Told what git says; undefined where there is no repository. */
  take(view: GitView | undefined): void
}

export interface GitWatchDeps {
  git: Git
  subjects: () => readonly GitSubject[]
  isSomeoneLooking: () => boolean
  log: Log
  signal: AbortSignal
  now?: () => number
}

interface Found {
  /** Of the last time that it was there. */
  place?: GitPlace
  /** What is said of a folder that is gone. */
  gone?: GitView
  at: number
}

interface Worktree {
  place: GitPlace
  memory?: GitMemory
  signature?: string
  view?: GitView
  asking: boolean
}

/** Keeps what git says of each agent's worktree up to date, one question per worktree at a time. */
export class GitWatch {
  readonly #deps: GitWatchDeps
  readonly #now: () => number
  readonly #slots = new Slots(AT_ONCE)
  /** By the agents' folders. */
  readonly #found = new Map<string, Found>()
  /** By the worktree's top folder. */
  readonly #worktrees = new Map<string, Worktree>()
  readonly #reading = new Map<string, Promise<DiffResponse>>()

  constructor(deps: GitWatchDeps) {
    this.#deps = deps
    this.#now = deps.now ?? Date.now
  }

  /** Watches until the signal aborts. */
  start(): void {
    const { signal, log } = this.#deps
    every(TICK_MS, () => void this.tick().catch(this.#tell), signal).catch((error: unknown) =>
      log.error({ error }, 'git is no longer asked'),
    )
  }

  readonly #tell = (error: unknown): void => {
    this.#deps.log.error({ error }, 'git could not be asked')
  }

  /** Asks what is due now; resolves when all of it is answered. */
  async tick(): Promise<void> {
    const subjects = this.#deps.subjects()
    const byWorktree = new Map<Worktree, GitSubject[]>()
    for (const subject of subjects) {
      const { place, gone } = await this.#find(subject.cwd)
      if (this.#deps.signal.aborted) return
      if (gone || !place) subject.take(gone)
      else {
        const worktree = this.#worktreeAt(place)
        const own = byWorktree.get(worktree)
        if (own) own.push(subject)
        else byWorktree.set(worktree, [subject])
      }
    }
    this.#forgetAllBut(new Set(subjects.map(({ cwd }) => cwd)), byWorktree)
    await Promise.all([...byWorktree].map(([worktree, own]) => this.#follow(worktree, own)))
  }

  /** All changes in the worktree of a folder, as they are now; undefined where there is none. */
  async changes(cwd: string): Promise<DiffResponse | undefined> {
    const { place, gone } = await this.#look(cwd)
    if (gone) return { git: gone, files: [], omitted: 0 }
    if (!place) return undefined
    const running = this.#reading.get(place.worktree)
    if (running) return running
    const reading = this.#slots
      .run(() => readChanges(this.#deps.git, place))
      .finally(() => this.#reading.delete(place.worktree))
    this.#reading.set(place.worktree, reading)
    return reading
  }

  async #follow(worktree: Worktree, subjects: readonly GitSubject[]): Promise<void> {
    const { isSomeoneLooking } = this.#deps
    if (worktree.asking) return
    const life = lifeOf(subjects)
    const due = whatIsDue(worktree.memory, life, isSomeoneLooking(), this.#now())
    if (due !== 'nothing') {
      worktree.asking = true
      try {
        if (due === 'ask' || (await this.#hasMoved(worktree))) await this.#ask(worktree, life)
      } finally {
        worktree.asking = false
      }
    }
    for (const subject of subjects) if (worktree.view) subject.take(worktree.view)
  }

  async #hasMoved(worktree: Worktree): Promise<boolean> {
    const { memory, place } = worktree
    if (memory) worktree.memory = { ...memory, lookedAt: this.#now() }
    return (await signatureOf(place)) !== worktree.signature
  }

  async #ask(worktree: Worktree, life: WorktreeLife): Promise<void> {
    const { git, signal } = this.#deps
    const { place, memory } = worktree
    // Read before git is asked: what happens meanwhile is new the next time.
    const signature = await signatureOf(place)
    const view = await this.#slots.run(() => checkWorktree(git, place))
    if (signal.aborted) return
    const isNews = !isSame(worktree.view, view)
    // The same answer keeps its time: since when it holds.
    if (isNews) worktree.view = view
    worktree.signature = signature
    const { turnEnds, stir } = life
    const pauseMs = nextPause(memory, life, isNews)
    worktree.memory = { lookedAt: this.#now(), pauseMs, turnEnds, stir, state: view.state }
  }

  async #find(cwd: string): Promise<Found> {
    const known = this.#found.get(cwd)
    const isFresh = known && Math.abs(this.#now() - known.at) < FIND_AGAIN_MS
    return isFresh ? known : this.#look(cwd)
  }

  async #look(cwd: string): Promise<Found> {
    const now = this.#now()
    const before = this.#found.get(cwd)
    const place = await findWorktree(cwd)
    const found: Found = { at: now }
    if (place === 'gone') {
      const last = before?.place ?? { worktree: cwd, repository: cwd, linked: false }
      // It was perhaps full of work: nothing is claimed of it.
      found.gone = before?.gone ?? unknownView(last, now, 'The folder is gone.')
      if (before?.place) found.place = before.place
    } else if (place) found.place = place
    this.#found.set(cwd, found)
    return found
  }

  #worktreeAt(place: GitPlace): Worktree {
    const known = this.#worktrees.get(place.worktree)
    if (known && known.place.gitDir === place.gitDir) return known
    const made = { place, asking: false }
    this.#worktrees.set(place.worktree, made)
    return made
  }

  #forgetAllBut(folders: ReadonlySet<string>, kept: ReadonlyMap<Worktree, unknown>): void {
    for (const cwd of this.#found.keys()) if (!folders.has(cwd)) this.#found.delete(cwd)
    for (const [top, worktree] of this.#worktrees) {
      if (!kept.has(worktree)) this.#worktrees.delete(top)
    }
  }
}

function lifeOf(subjects: readonly GitSubject[]): WorktreeLife {
  return {
    isWorking: subjects.some(({ isWorking }) => isWorking),
    isLive: subjects.some(({ isLive }) => isLive),
    turnEnds: subjects.map(({ id, turnEnds }) => `${id} ${turnEnds}`).join('\n'),
    stir: subjects.map(({ id, stir }) => `${id} ${stir}`).join('\n'),
  }
}

/** Whether two answers say the same; when they were given is no difference. */
function isSame(one: GitView | undefined, other: GitView | undefined): boolean {
  const told = (view: GitView | undefined) => JSON.stringify({ ...view, at: 0 })
  return one === other || (one !== undefined && other !== undefined && told(one) === told(other))
}
