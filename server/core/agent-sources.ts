import type { AgentFiles, Observation, ScreenFacts } from '../agents/adapter.ts'
import { OpencodeStore } from '../agents/opencode-store.ts'
import type { FolderWatches } from '../lib/folder-watches.ts'
import type { Log } from '../log.ts'
import type { Agent } from './agent.ts'
import { AgentTranscript, type TranscriptOwner } from './agent-transcript.ts'
import { LiveFiles } from './live-files.ts'
import { SubagentFiles } from './subagent-files.ts'

/** Between two readings of one screen (milliseconds). */
const SCREEN_MS = 500
/** The same where an ask is known without its words: only the screen has them. */
const ASK_SCREEN_MS = 150
/** The same while a stronger source says that it works: only dialogs and retries are looked for. */
const BUSY_SCREEN_MS = 1_000
/** Where nothing but the screen may tell that it asks. */
const DIALOG_SCREEN_MS = 250
/** The same of an agent that starts: its dialogs are told by nothing else, and come one by one. */
const START_SCREEN_MS = 150
/** How long that may take; on a busy machine some need a minute. */
const START_MS = 60_000
/** A screen that may have been caught half drawn is read once more after so long. */
const SETTLE_MS = 1_200
/** What was read and did not change since is said again this often: readings must not grow old. */
const AGAIN_MS = 3_000
/** Its files are looked at this often although the kernel tells of their changes. */
const WATCHED_MS = 30_000
/** Until the transcript is known, and then for another one, is it looked for this often. */
const FIND_MS = 2_000
const FIND_AGAIN_MS = 10_000

export interface SourceDeps {
  agent: Agent
  hear: (observations: readonly Observation[]) => void
  /** What its pane shows; undefined where nobody can tell now. */
  readScreen: () => Promise<Omit<ScreenFacts, 'title' | 'at'> | undefined>
  /** What of transcripts it may have. */
  owner: TranscriptOwner
  /** Tells of changes of its files. */
  watches: FolderWatches
  /** Whether its files are on this machine. */
  hasFiles: boolean
  log: Log
  signal: AbortSignal
}

/** Everything that one agent's state is read from, but for hooks, which come from the spool. */
export class AgentSources {
  readonly #deps: SourceDeps
  readonly #live: LiveFiles
  readonly #transcript: AgentTranscript
  readonly #subagents: SubagentFiles
  readonly #store: OpencodeStore | undefined
  readonly #files: AgentFiles
  #title = ''
  #titleBefore = ''
  #screen: ScreenFacts | undefined
  #outputAt: number
  #reportedAt = 0
  #screenAt = 0
  #isReading = false
  #timer: NodeJS.Timeout | undefined
  /** The timer is for one more look at what may have been half drawn; news need not wait for it. */
  #isSettling = false
  #saidAt = 0
  #findAt = 0
  /** Whether it has the keyboard: else pane and title are another's. */
  isForeground = true

  constructor(deps: SourceDeps) {
    this.#deps = deps
    const { agent, hear, owner, log, signal } = deps
    const none: AgentFiles = { live: [] }
    const files = deps.hasFiles ? (agent.adapter.files?.(agent.process) ?? none) : none
    this.#files = files
    const { watches } = deps
    this.#live = new LiveFiles(files.live, {
      watches,
      changed: () => void this.#readLive(),
      signal,
    })
    this.#transcript = new AgentTranscript({ agent, files, hear, owner, log, signal })
    this.#subagents = new SubagentFiles({ agent, hear, log, signal })
    this.#store = files.store === undefined ? undefined : new OpencodeStore(files.store)
    this.#outputAt = Date.now()
    signal.addEventListener('abort', () => clearTimeout(this.#timer), { once: true })
    this.#readSoon()
  }

  /** Its transcript and the folder that this must lie in; undefined while none was found. */
  get transcript(): { path: string; root: string } | undefined {
    const { path } = this.#transcript
    const { transcripts: root } = this.#files
    return path === undefined || root === undefined ? undefined : { path, root }
  }

  /** Bytes of its transcript that were read so far; undefined where none is known. */
  get transcriptAt(): number | undefined {
    return this.#transcript.readTo
  }

  /** The pane's title, as often as it may have changed. */
  title(title: string): void {
    if (title === this.#title) return
    this.#titleBefore = this.#title
    this.#title = title
    this.#sayTitle()
    if (this.#screen) this.#readSoon()
  }

  /** The pane printed something. */
  output(at: number): void {
    this.#outputAt = Math.max(at, this.#outputAt)
    this.#readSoon()
  }

  /** Once a second. */
  tick(now: number): void {
    if (!this.#live.areWatched || now - this.#lookedAt >= WATCHED_MS) void this.#readLive()
    else if (now - this.#liveAt >= AGAIN_MS) this.#sayLive(this.#live.texts, now)
    this.#readStore(now)
    if (now >= this.#findAt) {
      this.#findAt = now + (this.#transcript.path === undefined ? FIND_MS : FIND_AGAIN_MS)
      this.#transcript.look().catch((error: unknown) => {
        this.#deps.log.error({ error, agent: this.#deps.agent.id }, 'a transcript was not found')
      })
    }
    this.#lookAtSubagents()
    if (now - this.#saidAt < AGAIN_MS) return
    this.#saidAt = now
    this.#sayTitle()
    // Its pane printed nothing since: what it showed it still shows.
    if (this.#screen && this.#screenAt > this.#outputAt) this.#sayScreen(now)
    else this.#readSoon()
    this.#saySilence(now)
  }

  /** Something was heard of it: an ask without words is looked up on the screen at once. */
  heard(): void {
    const { activity, ask } = this.#deps.agent.state
    if (activity !== 'asking' || ask?.text !== '' || this.#askAt === ask.id) return
    this.#askAt = ask.id
    this.#dropTimer()
    this.#readSoon()
  }
  #askAt = ''

  /** A hook reported something: whatever is silent, the agent is not. */
  reported(): void {
    this.#reportedAt = Date.now()
  }

  /** A hook told of a conversation or a transcript: it can be found now. */
  lookAgain(): void {
    this.#findAt = 0
  }

  /** The process has ended; resolves when its transcript has told all. */
  async finish(): Promise<void> {
    clearTimeout(this.#timer)
    await this.#transcript.finish()
  }

  #lookAtSubagents(): void {
    const { agent, log } = this.#deps
    if (!this.transcript) return
    this.#subagents.look(this.transcript).catch((error: unknown) => {
      log.error({ error, agent: agent.id }, 'the logs of its subagents were not read')
    })
  }

  async #readLive(): Promise<void> {
    this.#lookedAt = Date.now()
    const found = await this.#live.look()
    const now = Date.now()
    const isDue = now - this.#liveAt >= AGAIN_MS
    const due = found.filter(({ isNew }) => isNew || isDue)
    this.#sayLive(
      due.map(({ text }) => text),
      now,
    )
  }

  #sayLive(texts: readonly string[], now: number): void {
    const { agent, hear, signal } = this.#deps
    for (const text of texts) {
      if (signal.aborted || agent.isEnded) return
      this.#liveAt = now
      const said = agent.adapter.fromLive?.(text, agent.process, now)
      if (said) hear([said])
    }
  }
  #lookedAt = 0
  #liveAt = 0

  #readStore(now: number): void {
    const { agent, hear, owner } = this.#deps
    const { process, startedAt, seenAt, conversation, isEnded } = agent
    if (!this.#store || isEnded) return
    const title = agent.adapter.fromTitle?.(this.#title, now)?.facts?.title ?? ''
    const whose = { process, startedAt, seenAt, conversation }
    const reader = {
      ...whose,
      title: this.isForeground ? title : '',
      claim: owner.claim,
    }
    const told = this.#store.read(reader, now)
    if (told.length > 0) hear(told)
  }

  #sayTitle(): void {
    const { agent, hear } = this.#deps
    if (!this.isForeground || agent.isEnded) return
    const said = agent.adapter.fromTitle?.(this.#title, Date.now(), this.#titleBefore)
    if (said) hear([said])
  }

  #readSoon(): void {
    const { agent, signal } = this.#deps
    if (this.#isSettling) this.#dropTimer()
    if (this.#timer || this.#isReading || signal.aborted || agent.isEnded) return
    const wait = Math.max(0, this.#screenAt + this.#pause() - Date.now())
    this.#timer = setTimeout(() => void this.#readScreen(), wait)
  }

  #dropTimer(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#isSettling = false
  }

  #pause(): number {
    const { state, adapter, seenAt } = this.#deps.agent
    if (state.activity === 'asking' && state.ask?.text === '') return ASK_SCREEN_MS
    if (state.generation === 0 && Date.now() - seenAt < START_MS) return START_SCREEN_MS
    if (adapter.patience.dialogMs !== undefined) return DIALOG_SCREEN_MS
    return state.claims.live?.says.type === 'working' ? BUSY_SCREEN_MS : SCREEN_MS
  }

  async #readScreen(): Promise<void> {
    const { agent, readScreen, signal } = this.#deps
    this.#dropTimer()
    if (!this.isForeground || agent.isEnded || signal.aborted) return
    this.#isReading = true
    const at = Date.now()
    const screen = await readScreen()
    this.#isReading = false
    this.#screenAt = at
    if (signal.aborted || agent.isEnded) return
    if (screen) {
      this.#screen = { ...screen, title: this.#title, at }
      this.#sayScreen(at)
    }
    if (this.#outputAt > at) this.#readSoon()
    else if (at - this.#outputAt < SETTLE_MS) {
      this.#isSettling = true
      this.#timer = setTimeout(() => void this.#readScreen(), SETTLE_MS)
    }
  }

  #sayScreen(at: number): void {
    const { agent, hear } = this.#deps
    if (!this.#screen || !this.isForeground || agent.isEnded) return
    const said = agent.adapter.fromScreen?.({ ...this.#screen, title: this.#title, at })
    if (said) hear([said])
  }

  /** Only a turn that we saw run can be over by silence: of anything else it proves nothing. */
  #saySilence(now: number): void {
    const { agent, hear } = this.#deps
    const quiet = now - Math.max(this.#outputAt, this.#reportedAt)
    if (!agent.state.turn || quiet < agent.adapter.patience.silenceMs) return
    const line = `nothing printed for ${agent.adapter.patience.silenceMs / 1_000} s`
    hear([{ source: 'silence', at: now, line, confidence: 'low', says: { type: 'idle' } }])
  }
}
