import { delay } from '../lib/time.ts'
import { TmuxError } from './errors.ts'
import type { TmuxServer } from './server.ts'
import { identityOf } from './tree.ts'

/** Pauses between tries to give a size back to a tmux that does not answer (milliseconds). */
const RETRY_MS = [500, 2_000, 5_000, 10_000, 20_000] as const

/** How long our viewers may take to follow a size: tries, and milliseconds between them. */
const FOLLOW_TRIES = 20
const FOLLOW_MS = 50

/**
 * A window that has the size of one viewer for a while. The size is set on the window itself
 * (`resize-window`), which holds under every `window-size` setting, whoever else is attached.
 * Giving it back restores that size and the window's own `window-size`, or its absence.
 */
export class WindowLease {
  readonly windowId: string
  readonly #server: TmuxServer
  readonly #restore: { cols: number; rows: number; windowSize?: string }
  /** Windows of another server have the same ids. */
  readonly #identity: string
  #released: Promise<void> | undefined

  private constructor(
    server: TmuxServer,
    windowId: string,
    restore: { cols: number; rows: number; windowSize?: string },
  ) {
    this.#server = server
    this.windowId = windowId
    this.#restore = restore
    this.#identity = identityOf(server.tree)
  }

  /** Notes the window's size, so that it comes back even if we are killed. Undefined: no such window. */
  static async take(server: TmuxServer, windowId: string): Promise<WindowLease | undefined> {
    const format = '#{window_id} #{window_width} #{window_height}'
    const [facts, windowSize] = await Promise.all([
      server.run(['display-message', '-p', '-t', windowId, format]),
      // Empty where the window has no setting of its own.
      server.run(['show-options', '-wqv', '-t', windowId, 'window-size']),
    ])
    const [id, cols, rows] = facts.split(' ')
    if (id !== windowId) return undefined
    const size = { cols: Number(cols), rows: Number(rows) }
    return new WindowLease(server, windowId, windowSize ? { ...size, windowSize } : size)
  }

  /** Gives the window this size in cells. */
  async resize(cols: number, rows: number): Promise<void> {
    if (this.#released || identityOf(this.#server.tree) !== this.#identity) return
    this.#server.setLease(this.windowId, this.#restore)
    await this.#server.run([
      ...['resize-window', '-t', this.windowId],
      ...['-x', `${cols}`, '-y', `${rows}`],
    ])
  }

  /** Gives the old size back; tried again for a while where tmux does not answer. Never rejects. */
  release(): Promise<void> {
    this.#released ??= this.#giveBack()
    return this.#released
  }

  async #giveBack(): Promise<void> {
    for (const pause of [...RETRY_MS, undefined]) {
      if (identityOf(this.#server.tree) !== this.#identity) return
      try {
        await this.#giveBackOnce()
        this.#server.setLease(this.windowId, undefined)
        return
      } catch (error) {
        if (!(error instanceof TmuxError)) throw error
        if (error.code === 'no-target' || error.code === 'no-server') {
          this.#server.setLease(this.windowId, undefined)
          return
        }
        // Still noted with the server, which gives it back at the latest when we start again.
        if (pause === undefined) return
        await delay(pause)
      }
    }
  }

  /**
   * Waits until the terminals of our viewers have the old size too. Where no hidden session is kept
   * and nobody else is attached, tmux gives the window their size as soon as it may.
   */
  async #waitForViewers(): Promise<void> {
    const { cols, rows } = this.#restore
    const format =
      '#{window_id} #{client_width} #{client_height} #{status} #{m:*ignore-size*,#{client_flags}}'
    for (let tries = 0; tries < FOLLOW_TRIES; tries += 1) {
      await this.#server.refresh()
      const clients = (await this.#server.run(['list-clients', '-F', format])).split('\n')
      const isBehind = clients.some((line) => {
        const [id, width, height, status, isViewer] = line.split(' ')
        const lines = status === 'on' ? 1 : Number(status) || 0
        const isSame = Number(width) === cols && Number(height) === rows + lines
        return id === this.windowId && isViewer === '1' && !isSame
      })
      if (!isBehind) return
      await delay(FOLLOW_MS)
    }
  }

  async #giveBackOnce(): Promise<void> {
    const { cols, rows, windowSize } = this.#restore
    const target = ['-t', this.windowId]
    await this.#server.run(['resize-window', ...target, '-x', `${cols}`, '-y', `${rows}`])
    await this.#waitForViewers()
    // resize-window leaves its own setting behind.
    await this.#server.run(
      windowSize === undefined
        ? ['set-option', '-wu', ...target, 'window-size']
        : ['set-option', '-w', ...target, 'window-size', windowSize],
    )
  }
}
