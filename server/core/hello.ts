import { hostname } from 'node:os'
import { kindNames } from '../agents/index.ts'
import type { FeedHello, Scope } from '../protocol.ts'
import type { AttentionKeeper } from './attention-keeper.ts'
import type { Batches } from './batches.ts'
import type { Registry } from './registry.ts'
import type { SettingsKeeper } from './settings-keeper.ts'
import type { Starts } from './starts.ts'
import type { Storage } from './storage.ts'

export interface HelloDeps {
  registry: Registry
  attention: AttentionKeeper
  settings: SettingsKeeper
  version: string
  /** Home folder of the user. */
  home: string
  storage: Storage
  starts: Starts
  batches: Batches
}

/** Everything that a page shows, as it is now. */
export function sayHello(deps: HelloDeps, scope: Scope): FeedHello {
  return {
    type: 'hello',
    version: deps.version,
    host: hostname(),
    home: deps.home,
    scope,
    now: Date.now(),
    kinds: kindNames(),
    storage: deps.storage.view(),
    ...deps.registry.hello(),
    attention: deps.attention.items(),
    settings: deps.settings.view(),
    starts: deps.starts.views(),
    batches: deps.batches.labels(),
  }
}
