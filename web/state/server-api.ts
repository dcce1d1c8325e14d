import type {
  HooksResponse,
  SettingsRequest,
  SettingsResponse,
  StatusResponse,
} from '../../server/protocol.ts'
import { request } from './api.ts'

/** What the server keeps and tells about itself. */

/** Refused (`conflict`) where the settings are of another version by now. */
export function putSettings(body: SettingsRequest): Promise<SettingsResponse> {
  return request('PUT', '/api/settings', body)
}

export function serverStatus(signal?: AbortSignal): Promise<StatusResponse> {
  return request('GET', '/api/status', undefined, { signal })
}

export function hookStates(signal?: AbortSignal): Promise<HooksResponse> {
  return request('GET', '/api/hooks', undefined, { signal })
}
