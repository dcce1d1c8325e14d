import { saveAttention } from '../../db/attention.ts'
import type { Writer } from '../../db/writer.ts'
import type { Log } from '../log.ts'
import { type Episode, episodeRow } from './episode.ts'

/** After a failed write, as on a full disk, the next attempt waits so long (milliseconds). */
const RETRY_MS = 5_000

/** Writes needs as they change, the newest of each. What cannot be written is kept and tried again. */
export class AttentionJournal {
  readonly #writer: Writer
  readonly #log: Log
  readonly #signal: AbortSignal
  readonly #waiting = new Map<string, Episode>()
  #writing: Promise<void> | undefined
  #retry: NodeJS.Timeout | undefined

  constructor({ writer, log, signal }: { writer: Writer; log: Log; signal: AbortSignal }) {
    this.#writer = writer
    this.#log = log
    this.#signal = signal
    signal.addEventListener('abort', () => clearTimeout(this.#retry), { once: true })
  }

  note(episode: Episode): void {
    this.#waiting.set(episode.id, episode)
    void this.flush()
  }

  /** Resolves when all that was noted is on the disk, or could not be written and is kept. */
  flush(): Promise<void> {
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined
    })
    return this.#writing
  }

  async #write(): Promise<void> {
    clearTimeout(this.#retry)
    while (this.#waiting.size > 0) {
      const group = [...this.#waiting]
      try {
        await this.#writer.write((tx) => {
          for (const [, episode] of group) saveAttention(tx, episodeRow(episode))
        })
      } catch (error) {
        this.#log.error({ error }, 'who needs you could not be written; it is kept and tried again')
        if (this.#signal.aborted) return
        this.#retry = setTimeout(() => void this.flush(), RETRY_MS)
        return
      }
      for (const [id, episode] of group) {
        if (this.#waiting.get(id) === episode) this.#waiting.delete(id)
      }
    }
  }
}
