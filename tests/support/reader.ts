import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'playwright/test'

/**
 * A program that reads its terminal raw and keeps every byte. Started as a pane's command.
 */
export interface Reader {
  readonly command: string
  started(): Promise<void>
  /** Everything read so far. */
  bytes(): Buffer
}

/**
 * `setup` is printed at its start, for example to ask for bracketed paste (`\x1b[?2004h`). With
 * `echo` it shows what it reads, and nothing else happens at Enter.
 */
export function makeReader(dir: string, setup = '', echo = false): Reader {
  const name = crypto.randomUUID()
  const [script, log, up] = ['mjs', 'log', 'up'].map((end) => join(dir, `${name}.${end}`)) as [
    string,
    string,
    string,
  ]
  writeFileSync(
    script,
    `import { appendFileSync, writeFileSync } from 'node:fs'
process.stdin.setRawMode(true)
process.stdout.write(${JSON.stringify(`${setup}ready\r\n`)})
process.stdin.on('data', (bytes) => {
  if (${echo}) process.stdout.write(bytes.toString().replaceAll('\\r', ''))
  appendFileSync(${JSON.stringify(log)}, bytes)
})
writeFileSync(${JSON.stringify(log)}, '')
writeFileSync(${JSON.stringify(up)}, '')
`,
  )
  return {
    command: `exec ${process.execPath} ${script}`,
    started: () => expect.poll(() => existsSync(up), { timeout: 20_000 }).toBe(true),
    bytes: () => readFileSync(log),
  }
}
