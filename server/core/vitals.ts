import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks'
import { every } from '../lib/time.ts'
import type { StatusResponse } from '../protocol.ts'

const WINDOW_MS = 60_000
/** Each look wakes the process: every 100 ms, looking alone cost a tenth of a percent of a core. */
const LOOK_MS = 250

/** How late our own event loop ran in the last whole minute, or since the start before that. */
export class Vitals {
  readonly startedAt = Date.now()
  readonly #histogram: IntervalHistogram
  #lastMinute: StatusResponse['eventLoopDelay'] | undefined

  constructor(signal: AbortSignal) {
    this.#histogram = monitorEventLoopDelay({ resolution: LOOK_MS })
    this.#histogram.enable()
    signal.addEventListener('abort', () => this.#histogram.disable(), { once: true })
    void every(
      WINDOW_MS,
      () => {
        this.#lastMinute = this.#read()
        this.#histogram.reset()
      },
      signal,
    )
  }

  /** Milliseconds. */
  get eventLoopDelay(): StatusResponse['eventLoopDelay'] {
    return this.#lastMinute ?? this.#read()
  }

  #read(): StatusResponse['eventLoopDelay'] {
    // Node records the time from one look to the next, so being on time is not 0 but `LOOK_MS`.
    const toMs = (nanoseconds: number) =>
      Math.max(0, Math.round(nanoseconds / 1e4 - LOOK_MS * 100) / 100)
    const { min, max } = this.#histogram
    // Before the first sample the histogram's min is huge and its max is 0.
    if (min > max) return { p50: 0, p99: 0, max: 0 }
    return {
      p50: toMs(this.#histogram.percentile(50)),
      p99: toMs(this.#histogram.percentile(99)),
      max: toMs(max),
    }
  }
}
