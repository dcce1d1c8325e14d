import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FakeAgent } from './fake-agent.ts'
import type { Tmux } from './tmux.ts'

/** Where events of one agent process come from: what the script of its hooks would write. */
export interface Caller {
  kind: string
  pane: string
  tmux: string
  pid: number
}

/** A fake agent as the one whose hooks we play. */
export async function callerOf(tmux: Tmux, agent: FakeAgent): Promise<Caller> {
  const pane = await tmux.run('display-message', '-p', '-t', agent.name, '#{pane_id}')
  const socket = `${tmux.socketPath},${await tmux.serverPid()},0`
  return { kind: 'claude', pane, tmux: socket, pid: await agent.pid() }
}

/** Leaves one event in the spool of a data folder as the script does, whole or not at all. */
export function spool(
  dataDir: string,
  { kind, pane, tmux, pid }: Caller,
  { event, at, payload }: { event: string; at: number; payload: object | string },
): void {
  const folder = join(dataDir, 'spool')
  for (const part of ['tmp', 'new']) mkdirSync(join(folder, part), { recursive: true, mode: 0o700 })
  const name = `${Math.trunc(at)}000000.${pid}.1`
  const head = ['dogwatch-hook 1', kind, event, pane, tmux, `${pid}`, '', ''].join('\n')
  const body = typeof payload === 'string' ? payload : JSON.stringify(payload)
  writeFileSync(join(folder, 'tmp', name), head + body)
  renameSync(join(folder, 'tmp', name), join(folder, 'new', name))
}
