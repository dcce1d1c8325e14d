import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from '../../server/config.ts'
import { readLocalToken } from '../../server/core/running.ts'
import { makeLog } from '../../server/log.ts'
import { type Served, serve } from '../../server/serve.ts'

/** The whole server inside the test's process, so that a test can look at its routes. */
export async function serveHere(
  args: readonly string[] = [],
): Promise<Served & AsyncDisposable & { localToken: string }> {
  const home = mkdtempSync(join(tmpdir(), 'dogwatch-'))
  const config = readConfig(
    ['--port', '0', '--no-hub', '--tmux-socket', join(home, 'none'), ...args],
    { HOME: home },
    { home, uid: process.getuid?.() ?? 0, tmpDir: home },
  )
  if ('say' in config) throw new Error('no configuration')
  const served = await serve(config, makeLog('error'), undefined)
  return {
    ...served,
    localToken: readLocalToken(config.dataDir) ?? '',
    async [Symbol.asyncDispose]() {
      await served.stop()
      rmSync(home, { recursive: true, force: true })
    },
  }
}
