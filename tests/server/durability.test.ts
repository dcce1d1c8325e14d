import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import Sqlite from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { migrate } from 'drizzle-orm/better-sqlite3/migrator'
import { expect, test } from 'playwright/test'
import { backupFolder, listBackups } from '../../db/backup.ts'
import { closeDatabase, openDatabase } from '../../db/open.ts'
import { scratchFolder } from '../support/scratch.ts'

const CHILD = resolve(import.meta.dirname, '../support/storage-child.mjs')
const MIGRATIONS = resolve(import.meta.dirname, '../../db/migrations')
const KILLS = 200
const MIGRATION_KILLS = 40

/** Runs the child until it said its first word and a moment more, kills it, and returns its words. */
async function runAndKill(args: string[], momentMs: number): Promise<string[]> {
  const child = spawn(process.execPath, [CHILD, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    said += chunk
  })
  const closed = once(child, 'close')
  await Promise.race([once(child.stdout, 'data'), closed])
  await delay(momentMs)
  child.kill('SIGKILL')
  await closed
  // A word that was cut by the kill was not said.
  return said.split('\n').slice(0, -1)
}

function integrityOf(client: Sqlite.Database): unknown {
  return client.pragma('integrity_check', { simple: true })
}

test(`killed ${KILLS} times while it writes, it has lost nothing that was acknowledged`, async () => {
  test.setTimeout(900_000)
  await using folder = await scratchFolder()
  let acked = 0
  for (let round = 1; round <= KILLS; round += 1) {
    const agent = `r${round}`
    const said = await runAndKill(['write', folder.path, agent], Math.random() * 40)
    const client = new Sqlite(join(folder.path, 'dogwatch.db'))
    expect(integrityOf(client), `round ${round}`).toBe('ok')
    const kept = client.prepare('SELECT generation FROM turns WHERE agent = ?').pluck().all(agent)
    client.close()
    const missing = said.map(Number).filter((generation) => !kept.includes(generation))
    expect(missing, `round ${round}`).toEqual([])
    acked += said.length
  }
  expect(acked).toBeGreaterThan(KILLS)
})

test('no acknowledgement comes before its sync to the disk', async () => {
  const strace = '/usr/bin/strace'
  test.skip(!existsSync(strace) || !mayTrace(strace), 'strace is missing or not permitted')
  await using folder = await scratchFolder()
  const trace = join(folder.path, 'trace')
  const writes = 20
  const program = [process.execPath, CHILD, 'write', folder.path, 'a', `${writes}`]
  execFileSync(strace, ['-f', '-e', 'trace=fsync,fdatasync,write', '-o', trace, ...program])
  let synced = false
  let acked = 0
  for (const line of readFileSync(trace, 'utf8').split('\n')) {
    // In two lines where another thread came between its begin and its end.
    if (/\bf(?:data)?sync(?:\(| resumed>).*= 0$/.test(line)) synced = true
    if (!/\bwrite\(1, "\d+\\n"/.test(line)) continue
    expect(synced, line).toBe(true)
    synced = false
    acked += 1
  }
  expect(acked).toBe(writes)
})

function mayTrace(strace: string): boolean {
  try {
    execFileSync(strace, ['-o', '/dev/null', 'true'], { stdio: 'ignore' })
    return true
  } catch {
    // A container may forbid it.
    return false
  }
}

/** A database as the program of `version` migrations left it. */
function oldDatabase(folder: string, version: number): void {
  const migrations = join(folder, 'migrations')
  cpSync(MIGRATIONS, migrations, { recursive: true })
  const file = join(migrations, 'meta', '_journal.json')
  const journal = JSON.parse(readFileSync(file, 'utf8'))
  journal.entries = journal.entries.slice(0, version)
  writeFileSync(file, JSON.stringify(journal))
  const data = join(folder, 'data')
  mkdirSync(data, { mode: 0o700 })
  const client = new Sqlite(join(data, 'dogwatch.db'))
  client.pragma('journal_mode = WAL')
  migrate(drizzle(client), { migrationsFolder: migrations })
  const insert = client.prepare('INSERT INTO devices VALUES (?, ?, ?, ?, 1, 1)')
  for (let number = 0; number < 500; number += 1) {
    insert.run(`d${number}`, 'x'.repeat(1_000), 'full', Buffer.from(`${number}`))
  }
  client.close()
}

const versions = readdirSync(MIGRATIONS).filter((name) => name.endsWith('.sql')).length

function schemaOf(dataDir: string): { schema: unknown[]; devices: unknown; integrity: unknown } {
  const client = new Sqlite(join(dataDir, 'dogwatch.db'))
  const schema = client.prepare('SELECT sql FROM sqlite_master ORDER BY name').pluck().all()
  const devices = client.prepare('SELECT count(*) FROM devices').pluck().get()
  const integrity = integrityOf(client)
  client.close()
  return { schema, devices, integrity }
}

test('every earlier version comes to the same schema, with a backup, and stays there', async () => {
  await using folder = await scratchFolder()
  const schemas: unknown[] = []
  for (let version = 1; version <= versions; version += 1) {
    const place = join(folder.path, `${version}`)
    mkdirSync(place)
    oldDatabase(place, version)
    const data = join(place, 'data')
    for (const _again of [1, 2]) {
      closeDatabase(openDatabase(data).db)
      const { schema, devices, integrity } = schemaOf(data)
      expect([devices, integrity]).toEqual([500, 'ok'])
      schemas.push(schema)
    }
    expect(listBackups(backupFolder(data))).toHaveLength(version < versions ? 1 : 0)
  }
  for (const schema of schemas) expect(schema).toEqual(schemas[0])
})

test(`killed ${MIGRATION_KILLS} times in a migration, it is the old one or the new one`, async () => {
  test.setTimeout(300_000)
  await using folder = await scratchFolder()
  oldDatabase(folder.path, 1)
  const data = join(folder.path, 'data')
  const old = schemaOf(data)
  const place = (round: number) => join(folder.path, `round-${round}`)
  cpSync(data, place(0), { recursive: true })
  closeDatabase(openDatabase(place(0)).db)
  const now = schemaOf(place(0))
  expect(now.schema).not.toEqual(old.schema)
  for (let round = 1; round <= MIGRATION_KILLS; round += 1) {
    const dir = place(round)
    cpSync(data, dir, { recursive: true })
    await runAndKill(['open', dir], Math.random() * 60)
    const found = schemaOf(dir)
    expect([old, now], `round ${round}`).toContainEqual(found)
    const backups = listBackups(backupFolder(dir))
    if (found.schema.length === now.schema.length) expect(backups).toHaveLength(1)
    const { db, loadFault } = openDatabase(dir)
    closeDatabase(db)
    expect(loadFault).toBeUndefined()
    expect(schemaOf(dir)).toEqual(now)
  }
})
