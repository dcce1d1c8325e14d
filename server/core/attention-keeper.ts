import type { LatestWriter } from '../../db/latest-writer.ts'
import type { Clock } from '../lib/clock.ts'
import type { AgentView, AttentionView, RepositoryNeed } from '../protocol.ts'
import {
  byNeed,
  meetAgain,
  type Need,
  type Ranked,
  type Settled,
  settle,
  step,
} from './attention.ts'
import { type Episode, episodeView, isSnoozed, openEpisode } from './episode.ts'
import type { Registry } from './registry.ts'
import { needsByRepository } from './repository-needs.ts'

/** The clocks are compared this often (milliseconds), or sooner for the end of a snooze. */
const TICK_MS = 30_000
/** A difference of the clocks that is more than their drift: somebody set the time. */
const CLOCK_JUMP_MS = 5_000
/** Needs that are open at a time; one more ends the least urgent of them. */
const MAX_OPEN = 2_000

interface Held {
  open?: Episode
  settled: Settled
  /** Of an agent whose need is open, as far as it was told. */
  conversation?: string
}

export interface AttentionDeps {
  registry: Registry
  journal: LatestWriter<Episode>
  clock: Clock
  /** Needs of earlier starts that nobody has ended, and what of each agent is taken care of. */
  open: readonly Episode[]
  settled: ReadonlyMap<string, Settled>
  /** Whether of one reason the newest comes first. */
  newestFirst: () => boolean
  signal: AbortSignal
}

/**
 * Who needs the user, in memory: follows the registry, tells its pages, and has the journal write.
 * Nothing here asks the database or git. A need may be of an agent that nobody knows yet, as after
 * a restart: it stays until an act ends it.
 */
export class AttentionKeeper {
  readonly #deps: AttentionDeps
  readonly #held = new Map<string, Held>()
  /** Id of an open need to its agent. */
  readonly #agentOf = new Map<string, string>()
  /** The live agent that has a conversation now. */
  readonly #conversations = new Map<string, string>()
  readonly #changed = new Map<string, AgentView>()
  readonly #snoozed = new Set<string>()
  /** Needs whose dialog a device of ours answers at this moment, and that device. */
  readonly #answering = new Map<string, string>()
  #soon: NodeJS.Immediate | undefined
  #timer: NodeJS.Timeout | undefined
  #clockAt: { now: number; steady: number }

  constructor(deps: AttentionDeps) {
    this.#deps = deps
    const { clock, open, settled, signal } = deps
    this.#clockAt = { now: clock.now(), steady: clock.steady() }
    for (const [agent, one] of settled) this.#held.set(agent, { settled: one })
    for (const episode of open) this.#hold(episode)
    signal.addEventListener('abort', () => {
      clearTimeout(this.#timer)
      clearImmediate(this.#soon)
    })
  }

  /**
   * Follows the registry from now on. Called when it is known which agents live: until then the
   * agents of before would look as if they had been cut off. `past`: agents that are known from
   * before; one that was taken up again meanwhile may not stand in the registry any more.
   */
  start(past: readonly Pick<AgentView, 'id' | 'conversation'>[] = []): void {
    const { registry, signal } = this.#deps
    for (const view of past) this.#learnConversation(view)
    registry.frames.on((frame) => {
      if (frame.type === 'agent') this.#note(frame.agent)
      else if (frame.type === 'agent-gone') this.#leave(frame.id)
      else return
      // After the batch: its frames are told in the order of their epochs.
      this.#soon ??= setImmediate(() => this.#follow())
    }, signal)
    for (const view of registry.agents()) this.#note(view)
    this.#follow()
    this.tick()
  }

  /** All that need the user, in order of need. */
  items(): AttentionView[] {
    this.#settleClock()
    const now = this.#deps.clock.now()
    const newestFirst = this.#deps.newestFirst()
    return this.#ranked(now, newestFirst).map(({ episode }) => episodeView(episode, now))
  }

  /** The same by repository, of those that are not snoozed. */
  repositories(): RepositoryNeed[] {
    const { registry } = this.#deps
    return needsByRepository(this.items(), (agent) => registry.agent(agent)?.git?.repository)
  }

  /** A device showed it to a person. False where that need has ended; so for the acts below. */
  seen(id: string, by: string): boolean {
    return this.#act(id, (episode, at) =>
      episode.seen ? episode : { ...episode, seen: { at, by } },
    )
  }

  /** Puts it aside until a time (epoch milliseconds); 0 takes it back. */
  snooze(id: string, until: number, by: string): boolean {
    const isDone = this.#act(id, ({ snoozedUntil: _, ...episode }, at) => {
      const seen = episode.seen ?? { at, by }
      return until === 0 ? { ...episode, seen } : { ...episode, seen, snoozedUntil: until }
    })
    this.#schedule()
    return isDone
  }

  dismiss(id: string, by: string): boolean {
    return this.#act(id, (episode, at) => ({ ...episode, dismissed: { at, by } }))
  }

  /**
   * A device of ours answers the dialog of an agent. Its going is often seen by our own look at the
   * agent before it is seen by who answered: until the result is called, that was the answer too.
   */
  answering(agent: string, ask: string, by: string): () => void {
    const open = this.#held.get(agent)?.open
    if (open?.ask !== ask) return () => {}
    this.#answering.set(open.id, by)
    return () => this.#answering.delete(open.id)
  }

  /** The dialog of an agent was answered by a device of ours. */
  answered(agent: string, ask: string, by: string): boolean {
    const open = this.#held.get(agent)?.open
    if (open?.ask !== ask) return false
    return this.#act(open.id, (episode, at) => ({ ...episode, answered: { at, by } }))
  }

  /** The agent itself is not remembered any more. */
  forget(agent: string): void {
    const open = this.#held.get(agent)?.open
    if (open) this.#end(open)
    this.#held.delete(agent)
  }

  /** Resolves when all that changed is on the disk, or could not be written and is kept for later. */
  written(): Promise<void> {
    return this.#deps.journal.flush()
  }

  /** Whether it is known although it is not on the disk yet. */
  isWaiting(id: string): boolean {
    return this.#deps.journal.waiting.some((episode) => episode.id === id)
  }

  /** Agents of which something is held. */
  get size(): number {
    return this.#held.size
  }

  /** Compares the clocks and lets snoozes end. */
  tick(): void {
    const { clock, registry, signal } = this.#deps
    if (signal.aborted) return
    this.#settleClock()
    const now = clock.now()
    for (const agent of this.#snoozed) {
      const open = this.#held.get(agent)?.open
      if (open && isSnoozed(open, now)) continue
      this.#snoozed.delete(agent)
      if (open) registry.tell({ type: 'attention', item: episodeView(open, now) })
    }
    this.#schedule()
  }

  /** A subagent needs nobody by itself: its dialogs are its parent's. */
  #note(view: AgentView): void {
    if (view.parent === undefined) this.#changed.set(view.id, view)
  }

  #follow(): void {
    clearImmediate(this.#soon)
    this.#soon = undefined
    this.#settleClock()
    const { registry } = this.#deps
    const changed = [...this.#changed.values()]
    this.#changed.clear()
    for (const view of changed) {
      this.#learnConversation(view)
      if (!this.#takeConversation(view)) continue
      for (const agent of [...this.#agentOf.values()]) {
        const { open, conversation } = this.#held.get(agent) ?? {}
        const isOther = agent !== view.id && conversation === view.conversation
        if (open && isOther && registry.agent(agent)?.liveness !== 'live') this.#end(open)
      }
    }
    for (const view of changed) this.#look(view)
  }

  /** Whose conversation goes on in another process is known when its row has gone. */
  #learnConversation({ id, conversation }: Pick<AgentView, 'id' | 'conversation'>): void {
    const held = this.#held.get(id)
    if (held?.open && conversation !== undefined) this.#held.set(id, { ...held, conversation })
  }

  /** Notes who has a conversation; true where a live agent has it anew. */
  #takeConversation({ id, conversation, liveness }: AgentView): boolean {
    if (conversation === undefined) return false
    const owner = this.#conversations.get(conversation)
    if (liveness === 'live') this.#conversations.set(conversation, id)
    else if (owner === id) this.#conversations.delete(conversation)
    return liveness === 'live' && owner !== id
  }

  #look(view: AgentView): void {
    const held = this.#held.get(view.id) ?? { settled: {} }
    const settled = meetAgain(held.settled, view)
    const { open } = held
    // Its conversation goes on in another process: somebody took it up again.
    const heir = view.conversation && this.#conversations.get(view.conversation)
    if (view.liveness !== 'live' && heir && heir !== view.id) {
      if (open) this.#end(open)
      return
    }
    if (settled !== held.settled) this.#held.set(view.id, { ...held, settled })
    const next = step(open, settled, view)
    if (next.type === 'changed') this.#put(next.open)
    if (next.type === 'closed' && open) this.#end(open)
    if (next.type === 'opened' || next.type === 'closed') this.#open(view, next.next)
  }

  #open(view: AgentView, need: Need | undefined): void {
    if (!need) return
    const now = this.#deps.clock.now()
    const last = this.#agentOf.size >= MAX_OPEN ? this.#ranked(now).at(-1) : undefined
    if (last) this.#close({ ...last.episode, closedAt: now })
    const episode = openEpisode(view.id, need, now)
    this.#hold(episode)
    this.#learnConversation(view)
    this.#put(episode)
  }

  /** By what the agent shows; where a device of ours has just answered, that is why. */
  #end(open: Episode): void {
    const at = this.#deps.clock.now()
    const by = this.#answering.get(open.id)
    this.#close({ ...open, ...(by === undefined ? {} : { answered: { at, by } }), closedAt: at })
  }

  #act(id: string, change: (episode: Episode, at: number) => Episode): boolean {
    this.#settleClock()
    const agent = this.#agentOf.get(id)
    const open = agent === undefined ? undefined : this.#held.get(agent)?.open
    if (!open) return false
    const at = this.#deps.clock.now()
    const next = change(open, at)
    if (next.answered ?? next.dismissed) this.#close({ ...next, closedAt: at })
    else if (next !== open) this.#put(next)
    return true
  }

  /** An open need as it is now: kept, written, told. */
  #put(episode: Episode): void {
    const { clock, journal, registry } = this.#deps
    const now = clock.now()
    const held = this.#held.get(episode.agent) ?? { settled: {} }
    this.#held.set(episode.agent, { ...held, open: episode })
    if (isSnoozed(episode, now)) this.#snoozed.add(episode.agent)
    journal.put([episode])
    registry.tell({ type: 'attention', item: episodeView(episode, now) })
  }

  #close(episode: Episode): void {
    const { journal, registry } = this.#deps
    const { settled } = this.#held.get(episode.agent) ?? { settled: {} }
    this.#held.set(episode.agent, {
      settled: settle(settled, episode, episode.dismissed !== undefined),
    })
    this.#agentOf.delete(episode.id)
    this.#snoozed.delete(episode.agent)
    journal.put([episode])
    registry.tell({ type: 'attention-gone', id: episode.id })
  }

  #hold(episode: Episode): void {
    const held = this.#held.get(episode.agent) ?? { settled: {} }
    this.#held.set(episode.agent, { ...held, open: episode })
    this.#agentOf.set(episode.id, episode.agent)
    this.#snoozed.add(episode.agent)
  }

  /** The registry has let go of it; what still waits is kept. */
  #leave(agent: string): void {
    this.#changed.delete(agent)
    if (!this.#held.get(agent)?.open) this.#held.delete(agent)
    for (const [conversation, owner] of this.#conversations) {
      if (owner === agent) this.#conversations.delete(conversation)
    }
  }

  #ranked(now: number, newestFirst = false): (Ranked & { episode: Episode })[] {
    const { registry } = this.#deps
    const all: (Ranked & { episode: Episode })[] = []
    for (const { open: episode } of this.#held.values()) {
      if (!episode) continue
      const { id, reason, since, clockShift, agent } = episode
      const session = registry.session(registry.agent(agent)?.session ?? '')
      all.push({
        ...{ id, reason, since: since + clockShift, episode },
        isSnoozed: isSnoozed(episode, now),
        isDegraded: session !== undefined && session.view.freshness !== 'healthy',
      })
    }
    return all.sort((a, b) => byNeed(a, b, newestFirst))
  }

  /** Ages are told by a clock that nobody sets: where the time jumps, their beginnings jump too. */
  #settleClock(): void {
    const { clock } = this.#deps
    const [now, steady] = [clock.now(), clock.steady()]
    const jump = now - this.#clockAt.now - (steady - this.#clockAt.steady)
    this.#clockAt = { now, steady }
    if (Math.abs(jump) < CLOCK_JUMP_MS) return
    for (const { open } of [...this.#held.values()]) {
      if (open) this.#put({ ...open, clockShift: open.clockShift + Math.round(jump) })
    }
  }

  #schedule(): void {
    const { clock, signal } = this.#deps
    if (signal.aborted) return
    const now = clock.now()
    const ends = [...this.#snoozed].map((agent) => this.#held.get(agent)?.open?.snoozedUntil ?? 0)
    const next = Math.min(TICK_MS, ...ends.filter((end) => end > now).map((end) => end - now))
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.tick(), next)
  }
}
