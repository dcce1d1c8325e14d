import type { Config } from '../config.ts'
import type { StatusResponse, TmuxServerView } from '../protocol.ts'
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
  ]
  return { text: lines.join('\n'), data: status }
}

function tmuxLine(server: TmuxServerView): string {
  const version = server.version ? ` ${server.version}` : ''
  const detail = server.detail ? `: ${server.detail}` : ''
  return `tmux${version} "${server.label}" ${server.state} (${server.freshness}, by ${server.channel})${detail}`
}
