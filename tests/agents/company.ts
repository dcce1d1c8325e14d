import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { HookKind } from '../../server/agents/hooks/places.ts'
import { type Server, startServer } from '../support/server.ts'
import { startTmux, type Tmux } from '../support/tmux.ts'
import { FeedLog } from './feed-log.ts'
import { type Place, REAL_AGENTS } from './kinds.ts'
import { ScriptedModel } from './model/server.ts'
import { AgentPane } from './pane.ts'
import { endNow } from './stage.ts'

/** One agent of a company: its pane, its own worktree, and what the feed says of it. */
export interface Member {
  kind: HookKind
  pane: AgentPane
  place: Place
  feed: FeedLog
}

/**
 * Agents of several kinds in one tmux, each in a session and a git worktree of its own, with one
 * home, one scripted model and the whole program beside them.
 */
export class Company {
  private constructor(
    readonly tmux: Tmux,
    readonly model: ScriptedModel,
    readonly server: Server,
    readonly members: readonly Member[],
  ) {}

  /** `bins`: the folder of each agent's program. */
  static async open(bins: ReadonlyMap<HookKind, string>): Promise<Company> {
    const tmux = await startTmux({ config: 'set -g default-terminal tmux-256color' })
    const model = new ScriptedModel(join(tmux.dir, 'work'))
    await model.start()
    const home = join(tmux.dir, 'home')
    const members = [...bins.keys()].map((kind): Member => {
      const work = join(tmux.dir, 'work', kind)
      const place = { home, work, model: model.url, hooks: true, isKnown: true }
      return { kind, place, pane: new AgentPane(tmux, `=${kind}:`), feed: new FeedLog(kind) }
    })
    makeWorktrees(join(tmux.dir, 'work', 'main'), members)
    writeHome(home, members, [...bins.values()])
    const server = await startServer({ tmux, env: { HOME: home } })
    const company = new Company(tmux, model, server, members)
    const ended = await server.command('hooks', 'install', ...bins.keys(), '--json')
    if (ended.code !== 0) throw new Error(`hooks: ${ended.stdout}${ended.stderr}`)
    const token = await server.pair()
    for (const { feed } of members) await server.ws('/ws/feed', token, feed.hear)
    for (const { kind, place } of members) {
      const size = ['-x', '120', '-y', '40']
      await tmux.run(
        ...['new-session', '-d', '-s', kind, ...size, '-c', place.work, '-e', `HOME=${home}`],
        '. ~/.profile; PS1="$ " exec bash --norc --noprofile',
      )
    }
    return company
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]()
    // Codex leaves a daemon of its own behind, which nothing in its pane ends.
    for (const line of this.tmux.processes()) {
      if (/ app-server /.test(line)) endNow(Number(line.split(' ')[0]))
    }
    await this.tmux[Symbol.asyncDispose]()
    await this.model[Symbol.asyncDispose]()
  }
}

function makeWorktrees(main: string, members: readonly Member[]): void {
  mkdirSync(main, { recursive: true })
  writeFileSync(join(main, 'README.md'), '# Demo\n')
  const who = ['-c', 'user.name=a', '-c', 'user.email=a@localhost']
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', main, ...who, ...args], { stdio: 'pipe' })
  git('init', '-q', '-b', 'main')
  git('add', '.')
  git('commit', '-qm', 'begin')
  for (const { kind, place } of members) git('worktree', 'add', '-q', '-b', kind, place.work)
}

/** What all of them find at home; a pane that we build knows no other environment than its profile. */
function writeHome(home: string, members: readonly Member[], bins: readonly string[]): void {
  const variables: Record<string, string> = { HOME: home, LANG: 'C.UTF-8' }
  for (const { kind, place } of members) {
    const agent = REAL_AGENTS[kind]
    Object.assign(variables, agent.env(place))
    for (const [path, text] of Object.entries(agent.home(place))) {
      mkdirSync(dirname(join(home, path)), { recursive: true })
      writeFileSync(join(home, path), text)
    }
  }
  const lines = Object.entries(variables).map(([name, value]) => `export ${name}='${value}'`)
  const path = `PATH="${bins.join(':')}:$PATH"`
  writeFileSync(join(home, '.profile'), `${lines.join('\n')}\n${path}\n`)
}
