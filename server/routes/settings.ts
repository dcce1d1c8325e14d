import { Hono } from 'hono'
import { type JsonObject, readJson } from '../core/body.ts'
import type { Env } from '../core/caller.ts'
import { Failure } from '../core/failure.ts'
import { checkSettings } from '../core/settings.ts'
import type { SettingsKeeper } from '../core/settings-keeper.ts'
import type { SettingsRequest, SettingsResponse } from '../protocol.ts'

/** Room for a hundred long folder names. */
const MAX_BODY_BYTES = 1_048_576

/** What people set. */
export function settingsRoutes({ settings }: { settings: SettingsKeeper }) {
  return new Hono<Env>()
    .get('/api/settings', (c) => c.json(settings.view() satisfies SettingsResponse))
    .put('/api/settings', async (c) => {
      const { version, settings: change } = await readJson(c, MAX_BODY_BYTES)
      if (!Number.isSafeInteger(version)) {
        throw new Failure('bad-request', '"version" must be the number that the settings had.')
      }
      if (typeof change !== 'object' || change === null || Array.isArray(change)) {
        throw new Failure('bad-request', '"settings" must be an object.')
      }
      const request: SettingsRequest = {
        version: Number(version),
        settings: checkSettings(change as JsonObject),
      }
      const changed = await settings.change(request.version, request.settings)
      return c.json(changed satisfies SettingsResponse)
    })
}
