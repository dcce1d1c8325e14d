import type { Database } from '../../db/open.ts'
import type { Writer } from '../../db/writer.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../log.ts'
import type { Devices } from './devices.ts'
import { Looks } from './looks.ts'
import type { PushTimes } from './push-due.ts'
import { PushTargets, type PushTuning } from './push-targets.ts'
import { Pusher } from './pusher.ts'
import type { Registry } from './registry.ts'

/** What tests set of all that sends notices; a start by the program sets none of it. */
export interface PushOptions extends PushTuning {
  times?: PushTimes
}

/** All that sends notices to people who look at no page. Follows nobody before `pusher.start`. */
export function makePush(
  deps: {
    registry: Registry
    devices: Devices
    db: Database
    writer: Writer
    dataDir: string
    clock: Clock
    log: Log
    signal: AbortSignal
  },
  { times, ...tuning }: PushOptions = {},
) {
  const looks = new Looks(deps.clock)
  const push = new PushTargets({
    ...deps,
    ...tuning,
    compose: (ids) => pusher.compose(ids),
  })
  const pusher = new Pusher({ ...deps, looks, times, tell: (ids) => push.tell(ids) })
  return { looks, push, pusher, trustedOrigins: tuning.trusted ?? [] }
}
