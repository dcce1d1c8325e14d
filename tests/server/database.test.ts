import { createHash } from 'node:crypto'
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { expect, test } from 'playwright/test'
import { backupFolder, listBackups, makeBackup } from '../../db/backup.ts'
import { closeDatabase, openDatabase } from '../../db/open.ts'
import { listTurns, saveTurns } from '../../db/turns.ts'
import type {
  DevicesResponse,
  FeedFrame,
  PairResponse,
  StatusResponse,
  TurnView,
} from '../../server/protocol.ts'
import { kept } from '../support/kept.ts'
import { scratchFolder } from '../support/scratch.ts'
import { Server, startServer } from '../support/server.ts'
import { noSmallDisk, smallDisk } from '../support/small-disk.ts'

function turn(generation: number): TurnView {
  return {
    id: `a1.${generation}`,
    agent: 'a1',
    generation,
    startedAt: generation,
    endedAt: generation + 1,
    end: 'done',
    prompt: `prompt ${generation} `.repeat(10),
    lastWords: '',
    tools: 0,
    usage: {},
  }
}

/** A data folder whose database has some pages, and a backup with half of its turns. */
async function filledFolder() {
  const folder = await scratchFolder()
  const { db } = openDatabase(folder.path)
  const turns = Array.from({ length: 400 }, (_, index) => turn(index + 1))
  saveTurns(db, turns.slice(0, 200))
  makeBackup(db, backupFolder(folder.path))
  saveTurns(db, turns.slice(200))
  closeDatabase(db)
  return { ...folder, file: join(folder.path, 'dogwatch.db') }
}

/** How a file can be found after a bad day. */
const DAMAGES: Record<string, (file: string) => void> = {
  'cut short': (file) => truncateSync(file, 20_000),
  'zeros at its beginning': (file) => overwrite(file, 0, Buffer.alloc(4_096)),
  'turned bits in its middle': (file) => {
    const bytes = readFileSync(file)
    for (let at = 8_192; at < bytes.length; at += 97) bytes[at] = (bytes[at] ?? 0) ^ 0x55
    writeFileSync(file, bytes)
  },
  'a text': (file) => writeFileSync(file, 'This is no database.\n'.repeat(500)),
  empty: (file) => writeFileSync(file, ''),
  gone: (file) => rmSync(file),
}

function digestOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex')
}

function overwrite(file: string, at: number, bytes: Buffer): void {
  const fd = openSync(file, 'r+')
  writeSync(fd, bytes, 0, bytes.length, at)
  closeSync(fd)
}

for (const [what, damage] of Object.entries(DAMAGES)) {
  test(`a database that is ${what} gives way to its newest backup, and that is said`, async () => {
    await using folder = await filledFolder()
    damage(folder.file)
    const damaged = existsSync(folder.file) ? [digestOf(folder.file)] : []
    const { db, loadFault } = openDatabase(folder.path)
    expect(loadFault).toMatch(/^The database was damaged and is .*The backup of .* was restored/)
    expect(listTurns(db, 'a1', { limit: 1_000 })).toHaveLength(200)
    closeDatabase(db)
    const aside = readdirSync(folder.path).filter((name) =>
      /\.damaged-[^-]*-[^-]*-\w+\.\w+$/.test(name),
    )
    expect(aside.map((name) => digestOf(join(folder.path, name)))).toEqual(damaged)
    const again = openDatabase(folder.path)
    expect(again.loadFault).toBeUndefined()
    closeDatabase(again.db)
  })
}

test('a damaged log beside a sound file harms nothing, and a damaged backup is passed over', async () => {
  await using folder = await filledFolder()
  const backups = backupFolder(folder.path)
  writeFileSync(join(backups, 'dogwatch-2999-01-01T000000.000Z.db'), 'no backup')
  writeFileSync(`${folder.file}-wal`, Buffer.alloc(8_192, 7))
  const { db, loadFault } = openDatabase(folder.path)
  expect(loadFault).toBeUndefined()
  expect(listTurns(db, 'a1', { limit: 1_000 })).toHaveLength(400)
  closeDatabase(db)
  writeFileSync(folder.file, 'text')
  const restored = openDatabase(folder.path)
  expect(listTurns(restored.db, 'a1', { limit: 1_000 })).toHaveLength(200)
  closeDatabase(restored.db)
})

test('without any backup a damaged database is set aside and a new one begun', async () => {
  await using folder = await filledFolder()
  rmSync(backupFolder(folder.path), { recursive: true })
  writeFileSync(folder.file, 'text')
  const { db, loadFault } = openDatabase(folder.path)
  expect(loadFault).toContain('pair your devices again')
  expect(listTurns(db, 'a1')).toEqual([])
  closeDatabase(db)
})

test('only what may be damaged is read to its end', async () => {
  await using folder = await filledFolder()
  // An orderly end: the next start trusts the file, and finds this fault when it gets there.
  expect(existsSync(`${folder.file}.clean`)).toBe(true)
  const first = openDatabase(folder.path)
  expect(existsSync(`${folder.file}.clean`)).toBe(false)
  first.db.$client.close()
  // Now it looks like a kill: everything is checked again, and found to be well.
  const second = openDatabase(folder.path)
  expect(second.loadFault).toBeUndefined()
  closeDatabase(second.db)
})

test('every open of a database that writes keeps what it was told to keep', async () => {
  await using folder = await filledFolder()
  for (let time = 0; time < 3; time += 1) {
    const { db } = openDatabase(folder.path)
    const read = (name: string) => db.$client.pragma(name, { simple: true })
    expect(read('journal_mode')).toBe('wal')
    expect(read('synchronous')).toBe(2)
    expect(read('foreign_keys')).toBe(1)
    expect(read('trusted_schema')).toBe(0)
    expect(read('cell_size_check')).toBe(1)
    closeDatabase(db)
  }
})

test('three backups are kept, each of them whole, and none of a half made one', async () => {
  await using folder = await filledFolder()
  const { db } = openDatabase(folder.path)
  const backups = backupFolder(folder.path)
  writeFileSync(join(backups, 'dogwatch-2026-01-01T000000.000Z.db.part'), 'half')
  for (let time = 0; time < 4; time += 1) {
    await expect.poll(() => Date.now()).toBeGreaterThan(listBackups(backups)[0]?.at ?? 0)
    makeBackup(db, backups)
  }
  closeDatabase(db)
  expect(readdirSync(backups)).toHaveLength(3)
  for (const { file, at } of listBackups(backups)) {
    const copy = new Sqlite(file, { readonly: true })
    expect(copy.pragma('integrity_check', { simple: true })).toBe('ok')
    expect(copy.prepare('SELECT count(*) AS n FROM turns').get()).toEqual({ n: 400 })
    expect(Math.abs(Date.now() - at)).toBeLessThan(600_000)
    copy.close()
  }
})

test('the whole program tells of a restored backup until its next start, also after a write', async () => {
  await using server = await startServer()
  const token = await server.pair('full', 'before the backup')
  await server.stop()
  const file = join(server.dataDir, 'dogwatch.db')
  const { db } = openDatabase(server.dataDir)
  makeBackup(db, backupFolder(server.dataDir))
  closeDatabase(db)
  writeFileSync(file, 'text')
  await server.start()
  const status = async () => {
    const { json } = await server.api(token).get<StatusResponse>('/api/status')
    return json.storage
  }
  expect(await status()).toMatchObject({
    state: 'saving',
    loadFault: expect.stringContaining('restored'),
  })
  await server.pair('watch', 'a write that succeeds')
  expect((await status()).loadFault).toContain('restored')
  expect((await server.command('status')).stdout).toContain('The database was damaged')
  await server.stop()
  await server.start()
  expect((await status()).loadFault).toBeUndefined()
  expect((await status()).backupAt).toBeGreaterThan(0)
  expect((await server.command('status')).stdout).toMatch(/memory \d.* MB, last backup/)
})

test('a newer database is left to the byte, also with its log', async () => {
  await using server = new Server({})
  mkdirSync(server.dataDir, { recursive: true, mode: 0o700 })
  const client = openDatabase(server.dataDir).db.$client
  client.exec("INSERT INTO __drizzle_migrations (hash, created_at) VALUES ('x', 99999999999999)")
  // Copied while it is open, as a kill would leave it: with a log that is not in the file yet.
  const file = join(server.dataDir, 'dogwatch.db')
  const parts = ['', '-wal'].map((suffix) => [file + suffix, readFileSync(file + suffix)] as const)
  client.close()
  for (const [part, bytes] of parts) writeFileSync(part, bytes)
  const before = digestOf(file)
  const ended = await server.command('--port', '0')
  expect(ended.code).toBe(3)
  expect(ended.stderr).toContain('newer')
  expect(digestOf(file)).toBe(before)
})

test('on a full disk everything is shown, what is said to be kept is kept, and it recovers', async () => {
  test.skip(noSmallDisk !== undefined, noSmallDisk)
  await using server = new Server({})
  await using disk = smallDisk(server.dataDir, 6)
  await server.start()
  const token = await server.pair('full', 'before')
  const local = readFileSync(join(server.dataDir, 'local-token'), 'utf8')
  const pair = async (name: string) => {
    const { json } = await server.api(local).post<{ ticket: string }>('/api/tickets', {})
    return server.api().post<Partial<PairResponse>>('/api/pair', { ticket: json.ticket, name })
  }
  const storage = async () => {
    const { json } = await server.api(token).get<StatusResponse>('/api/status')
    return json.storage
  }
  const frames: FeedFrame[] = []
  const feed = await server.ws('/ws/feed', token, (data) => frames.push(JSON.parse(`${data}`)))
  disk.fill()
  expect(await pair('refused')).toMatchObject({
    status: 503,
    json: { error: { code: 'busy', message: expect.stringContaining('The disk is full.') } },
  })
  expect(await storage()).toMatchObject({
    state: 'not-saving',
    writeFault: 'The disk is full.',
    writeFaultKind: 'full',
  })
  const told = () =>
    frames.flatMap((frame) => (frame.type === 'storage' ? [frame.storage.state] : []))
  await expect.poll(told).toContain('not-saving')
  // A device that cannot be forgotten for good is still shut out at once.
  const { json } = await server.api(local).get<DevicesResponse>('/api/devices')
  const id = json.devices.find(({ name }) => name === 'before')?.id
  expect((await server.api(local).delete(`/api/devices/${id}`)).status).toBe(503)
  expect((await server.api(token).get('/api/status')).status).toBe(401)
  expect((await server.api(local).get('/api/sessions')).status).toBe(200)
  expect((await server.command('status')).stdout).toContain('NOT SAVING')
  disk.clear()
  await expect
    .poll(async () => (await pair('after')).status, { timeout: 30_000, intervals: [500] })
    .toBe(200)
  const names = async () => {
    const reply = await server.api(local).get<DevicesResponse>('/api/devices')
    return reply.json.devices.map(({ name }) => name)
  }
  expect(await names()).toEqual(['after'])
  // Its end was refused, so that it is written behind the back of whoever asks.
  await kept(server, "SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM devices WHERE name = 'before')")
  feed.close()
  await server.kill9()
  await server.start()
  const again = readFileSync(join(server.dataDir, 'local-token'), 'utf8')
  const left = await server.api(again).get<DevicesResponse>('/api/devices')
  expect(left.json.devices.map(({ name }) => name)).toEqual(['after'])
  await server.stop()
})
