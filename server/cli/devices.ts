import type { Config } from '../config.ts'
import type { DevicesResponse, DeviceView, RevokeResponse } from '../protocol.ts'
import { type Answer, ask } from './client.ts'
import { age, columns } from './words.ts'

/** `dogwatch devices`: who is paired. */
export async function printDevices(config: Config): Promise<Answer> {
  const { devices } = await ask<DevicesResponse>(config, 'GET', '/api/devices')
  const rows = devices.map(({ id, name, scope, createdAt, lastUsedAt }) => [
    id,
    name,
    scope,
    `paired ${age(createdAt)} ago`,
    `used ${age(lastUsedAt)} ago`,
  ])
  return {
    text: rows.length > 0 ? columns(rows) : 'No device is paired. "dogwatch url" prints a link.',
    data: { devices },
  }
}

/** `dogwatch revoke`: ends the access of devices and closes their sockets. Exit code 1 if one is unknown. */
export async function revokeDevices(config: Config): Promise<Answer> {
  const { devices } = await ask<DevicesResponse>(config, 'GET', '/api/devices')
  const unknown = config.args.filter((wanted) => !devices.some((device) => isMeant(device, wanted)))
  const meant = devices.filter(
    (device) => config.all || config.args.some((wanted) => isMeant(device, wanted)),
  )
  const revoked: (RevokeResponse & { name: string })[] = []
  for (const { id, name } of meant) {
    const answer = await ask<RevokeResponse>(config, 'DELETE', `/api/devices/${id}`)
    revoked.push({ ...answer, name })
  }
  const lines = [
    ...revoked.map(({ name, sockets }) => `Revoked "${name}" (${sockets} open sockets closed)`),
    ...unknown.map((wanted) => `No device "${wanted}" is paired ("dogwatch devices" lists them)`),
  ]
  return {
    text: lines.join('\n') || 'No device is paired.',
    data: { revoked, unknown },
    code: unknown.length > 0 ? 1 : 0,
  }
}

function isMeant({ id, name }: DeviceView, wanted: string): boolean {
  return id === wanted || name === wanted
}
