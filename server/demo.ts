import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Config } from './config.ts'
import { openStage } from './demo/stage.ts'
import type { Log } from './log.ts'
import { type Served, serve } from './serve.ts'

/** The plays are short: moments of them are kept more often than of real turns. */
const SNAPSHOT_SECONDS = 4

/**
 * Serves a private tmux server in which pretended agents play: no session, agent, setting or stored
 * thing of the user's has a part in it. Ends as `serve` does, and leaves nothing behind.
 */
export async function serveDemo(
  config: Config,
  log: Log,
  sshConnection: string | undefined,
): Promise<Served> {
  const stage = await openStage(tmpdir())
  try {
    const runDir = join(stage.folder, 'run')
    const served = await serve(
      {
        ...config,
        dataDir: join(stage.folder, 'data'),
        ownDataDir: true,
        runDir,
        socketPath: join(runDir, 'ui.sock'),
        tmuxSockets: [stage.tmuxSocket],
        agentEnv: { HOME: stage.home },
        snapshotSeconds: config.snapshotSeconds ?? SNAPSHOT_SECONDS,
      },
      log,
      sshConnection,
    )
    return {
      ...served,
      greeting: config.json
        ? served.greeting
        : `${served.greeting}\n\nThis is a demo: its agents only pretend. Ctrl-C ends it and removes everything.`,
      async stop() {
        await served.stop()
        await stage.close()
      },
    }
  } catch (error) {
    await stage.close()
    throw error
  }
}
