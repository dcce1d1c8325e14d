import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Tmux } from './tmux.ts'

/**
 * A session `rec` whose program prints READY, then keeps every byte that it is given and echoes none.
 * Returns what reads those so far, as UTF-8.
 */
export async function newRecorder(tmux: Tmux): Promise<() => string> {
  const file = join(tmux.dir, 'typed')
  // There from the start: READY may be seen before the shell opens the file.
  writeFileSync(file, '')
  const command = `stty raw -echo; printf READY; exec cat > ${file}`
  await tmux.newSession({ name: 'rec', cols: 80, rows: 24, command })
  return () => readFileSync(file, 'utf8')
}
