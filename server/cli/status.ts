import type { Config } from '../config.ts'
import type { PushStatus, StatusResponse, StorageView, TmuxServerView } from '../protocol.ts'
import { type Answer, ask } from './client.ts'
import { age } from './words.ts'

/** `dogwatch status`: what the running server sees. */
export async function printStatus(config: Config): Promise<Answer> {
  const status = await ask<StatusResponse>(config, 'GET', '/api/status')
  const lines = [
    `dogwatch ${status.version}, process ${status.pid}, up ${age(status.startedAt)}`,
    `at ${status.addresses.join(' ')} and ${status.socket}`,
    `${status.sessions} sessions, ${status.viewers} open terminals`,
    ...status.servers.map(tmuxLine),
    ...storageLines(status.storage),
    ...pushLines(status.push),
  ]
  return { text: lines.join('\n'), data: status }
}

function storageLines(storage: StorageView) {
  const { state, since, bytes, loadFault, writeFault, gaveWay, backupAt } = storage
  const size = `${(bytes / 1e6).toFixed(1)} MB`
  const backup = backupAt === undefined ? 'no backup yet' : `last backup ${age(backupAt)} ago`
  return [
    state === 'saving' ? `memory ${size}, ${backup}` : `NOT SAVING for ${age(since)}`,
    ...[writeFault, loadFault].filter((fault) => fault !== undefined),
    ...(gaveWay ? [`${gaveWay} snapshots gave way to a full disk`] : []),
  ]
}

function pushLines({ targets, failing }: PushStatus): string[] {
  if (targets === 0) return []
  const lines = failing.map(
    ({ name, host, message, since }) =>
      `notices to ${name} (${host}) fail for ${age(since)}: ${message}`,
  )
  return [`notices go to ${targets} ${targets === 1 ? 'place' : 'places'}`, ...lines]
}

function tmuxLine(server: TmuxServerView): string {
  const version = server.version ? ` ${server.version}` : ''
  const detail = server.detail ? `: ${server.detail}` : ''
  return `tmux${version} "${server.label}" ${server.state} (${server.freshness}, by ${server.channel})${detail}`
}
