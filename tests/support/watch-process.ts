import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Tmux } from './tmux.ts'

const PROGRAM = fileURLToPath(new URL('./watch-child.mjs', import.meta.url))

/** Starts a process that watches `tmux` and views `sessions`; resolves when it does. */
export async function startWatchProcess(
  tmux: Tmux,
  runDir: string,
  sessions: readonly string[],
  env: Record<string, string> = {},
): Promise<ChildProcess> {
  const child = spawn(process.execPath, [PROGRAM, tmux.socketPath, runDir, ...sessions], {
    env: { ...tmux.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [first] = await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(([code]) => [`ended with status ${code}`]),
  ])
  const text = String(first).trim()
  if (text !== 'ready') throw new Error(`the watching process did not start: ${text}`)
  return child
}

/** Ends the process with `signal` and waits until it is gone. */
export async function endProcess(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill(signal)
  await gone
}
