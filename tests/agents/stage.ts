import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { HookKind } from '../../server/agents/hooks/places.ts'
import { adapterOf } from '../../server/agents/index.ts'
import { readTree } from '../../server/lib/proc.ts'
import type { TurnsResponse, TurnView } from '../../server/protocol.ts'
import { Remembered } from '../support/remembered.ts'
import { type Server, startServer } from '../support/server.ts'
import { startTmux, type Tmux } from '../support/tmux.ts'
import { FeedLog } from './feed-log.ts'
import { type Place, REAL_AGENTS, type RealAgent } from './kinds.ts'
import { ScriptedModel } from './model/server.ts'
import { AgentPane, type Shown } from './pane.ts'
import { until } from './until.ts'

/** Longest that an agent takes to say that it wants a key again (milliseconds). */
const AGAIN_MS = 2_000

export interface StageOptions {
  kind: HookKind
  /** Folder of the agent's program. */
  bin: string
  hooks: boolean
  /** Whether the agent has met this user and folder before. */
  isKnown: boolean
  cols: number
  rows: number
  /** Further variables of the program beside it. */
  env?: Readonly<Record<string, string>>
}

/**
 * One agent in a pane of a private tmux, in a home of its own, with a scripted model to talk to, and
 * the whole program beside it. Nothing of the caller's environment reaches the agent.
 */
export class Stage {
  readonly feed: FeedLog
  readonly agent: RealAgent
  readonly kind: HookKind
  readonly #options: StageOptions
  readonly #typing: AgentPane
  #token = ''

  private constructor(
    readonly tmux: Tmux,
    readonly model: ScriptedModel,
    readonly server: Server,
    options: StageOptions,
  ) {
    this.#options = options
    this.kind = options.kind
    this.agent = REAL_AGENTS[options.kind]
    this.feed = new FeedLog(options.kind)
    this.#typing = new AgentPane(tmux, this.pane)
  }

  static async open(options: StageOptions): Promise<Stage> {
    const tmux = await startTmux({ config: 'set -g default-terminal tmux-256color' })
    const model = new ScriptedModel(join(tmux.dir, 'work'))
    await model.start()
    // The session that stays when that of the agent is killed.
    await tmux.newSession({ name: 'other' })
    const args = options.hooks ? [] : ['--no-hooks']
    const env = { HOME: join(tmux.dir, 'home'), ...options.env }
    const server = await startServer({ tmux, args, env })
    const stage = new Stage(tmux, model, server, options)
    await stage.#prepare()
    return stage
  }

  /** The agent's pane, as a target of tmux. */
  get pane(): string {
    return '=agent:'
  }

  get place(): Place {
    const { hooks, isKnown } = this.#options
    const { dir } = this.tmux
    return {
      home: join(dir, 'home'),
      work: join(dir, 'work'),
      model: this.model.url,
      hooks,
      isKnown,
    }
  }

  /** What a shell needs in which the agent is started. */
  get shellEnv(): Record<string, string> {
    return {
      HOME: this.place.home,
      LANG: 'C.UTF-8',
      AGENT_BIN: this.#options.bin,
      PS1: '$ ',
      ...this.agent.env(this.place),
    }
  }

  /** Requests to the program beside the agent. */
  get api(): ReturnType<Server['api']> {
    return this.server.api(this.#token)
  }

  /** What it remembers of the agent. */
  get memory(): Remembered {
    return new Remembered(this.server, this.#token)
  }

  /** Hears the feed from now on: again after each start of the program. */
  async follow(): Promise<void> {
    await this.server.ws('/ws/feed', this.#token, this.feed.hear)
  }

  /** Opens the agent's session: a plain shell with the agent's environment. */
  async openPane(): Promise<void> {
    const { cols, rows } = this.#options
    const variables = Object.entries(this.shellEnv).flatMap(([name, value]) => [
      '-e',
      `${name}=${value}`,
    ])
    const size = ['-x', `${cols}`, '-y', `${rows}`]
    await this.tmux.run(
      ...['new-session', '-d', '-s', 'agent', ...size, '-c', this.place.work, ...variables],
      // tmux gives a new pane the PATH of its client, whatever `-e` says.
      'PATH="$AGENT_BIN:$PATH" exec bash --norc --noprofile',
    )
  }

  /** As in `AgentPane`. */
  line(text: string): Promise<number> {
    return this.#typing.line(text)
  }

  keys(keys: readonly string[]): Promise<number> {
    return this.#typing.keys(keys)
  }

  /** Interrupts it as a person does, who reads that it wants the key again; the time of the last. */
  async interrupt(): Promise<number> {
    const { again } = this.agent
    let at = Date.now()
    for (const [n, key] of adapterOf(this.kind).keys.interrupt.entries()) {
      const isAsked = async () => again?.test((await this.shown()).text) || undefined
      if (n > 0 && again) await until(isAsked, AGAIN_MS)
      at = await this.keys([key])
    }
    return at
  }

  shown(): Promise<Shown> {
    return this.#typing.shown()
  }

  /** Pids of everything that runs in the pane's shell. */
  async processes(): Promise<number[]> {
    const shell = Number(
      await this.tmux.run('display-message', '-p', '-t', this.pane, '#{pane_pid}'),
    )
    const tree = await readTree(shell)
    return [...(tree?.keys() ?? [])].filter((pid) => pid !== shell)
  }

  /** Ends what Codex leaves behind and nothing in its pane ends: a daemon, which goes on working. */
  endDaemons(): void {
    for (const line of this.tmux.processes()) {
      if (/ app-server /.test(line)) endNow(Number(line.split(' ')[0]))
    }
  }

  /** The newest turn that the program kept of an agent. */
  async lastTurn(agent: string): Promise<TurnView | undefined> {
    const path = `/api/agents/${agent}/turns`
    return (await this.api.get<TurnsResponse>(path)).json.turns[0]
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]()
    this.endDaemons()
    await this.tmux[Symbol.asyncDispose]()
    await this.model[Symbol.asyncDispose]()
  }

  async #prepare(): Promise<void> {
    const { home, work } = this.place
    for (const [path, text] of Object.entries(this.agent.home(this.place))) {
      mkdirSync(dirname(join(home, path)), { recursive: true })
      writeFileSync(join(home, path), text)
    }
    mkdirSync(work)
    writeFileSync(join(work, 'README.md'), '# Demo\n')
    const git = (...args: string[]) =>
      execFileSync('git', [
        '-C',
        work,
        '-c',
        'user.name=a',
        '-c',
        'user.email=a@localhost',
        ...args,
      ])
    git('init', '-q', '-b', 'main')
    git('add', '.')
    git('commit', '-qm', 'begin')
    if (this.#options.hooks) await this.#installHooks()
    this.#token = await this.server.pair()
    await this.follow()
    await this.openPane()
  }

  /** As a user does, into the agent's home. */
  async #installHooks(): Promise<void> {
    const { kind } = this.#options
    const ended = await this.server.command('hooks', 'install', kind, '--json')
    if (ended.code !== 0) throw new Error(`hooks of ${kind}: ${ended.stdout}${ended.stderr}`)
  }
}

/** Ends a process of the agent, as the kernel does when it runs out of memory. */
export function endNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended meanwhile.
  }
}
