import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from '../../server/config.ts'
import { readLocalToken } from '../../server/core/running.ts'
import { type Log, makeLog } from '../../server/log.ts'
import { type Served, serve } from '../../server/serve.ts'
import type { PageServer } from './page.ts'
import { requests } from './server.ts'

type Here = Served & AsyncDisposable & PageServer & { localToken: string }

/** The whole server inside the test's process, so that a test can look at its routes. */
export async function serveHere(
  args: readonly string[] = [],
  options: Parameters<typeof serve>[3] & { log?: Log } = {},
): Promise<Here> {
  const home = mkdtempSync(join(tmpdir(), 'dogwatch-'))
  const config = readConfig(
    ['--port', '0', '--no-hub', '--tmux-socket', join(home, 'none'), ...args],
    { HOME: home },
    { home, uid: process.getuid?.() ?? 0, tmpDir: home },
  )
  if ('say' in config) throw new Error('no configuration')
  const served = await serve(config, options.log ?? makeLog('error'), undefined, options)
  return {
    ...served,
    url: `http://127.0.0.1:${served.port}`,
    dataDir: config.dataDir,
    api: (token) => requests(served.port, token),
    localToken: readLocalToken(config.dataDir) ?? '',
    async [Symbol.asyncDispose]() {
      await served.stop()
      rmSync(home, { recursive: true, force: true })
    },
  }
}
