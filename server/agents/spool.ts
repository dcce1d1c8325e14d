import { constants, type FSWatcher, watch } from 'node:fs'
import {
  type FileHandle,
  mkdir,
  open,
  readdir,
  rename,
  rm,
  stat,
  unlink,
  writeFile,
} from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as nextTick } from 'node:timers/promises'
import { Latch } from '../lib/latch.ts'
import { delay } from '../lib/time.ts'
import type { Log } from '../log.ts'
import { CUT_BYTES, parseSpoolFile, parseSpoolName, type SpooledHook } from './spool-file.ts'
import { namesThatWait } from './spool-names.ts'

/** Files that wait are looked for so often although the kernel told of nothing. */
const POLL_MS = 2_000
/** What could not be kept is handed over again after so long, so that no event is lost. */
const RETRY_MS = 1_000
/** Events handed over together, between two looks at anything else that waits. */
const SLICE = 100
/** Waiting events of one agent process beyond this many bytes are dropped, oldest first. */
const BACKLOG_BYTES = 1_048_576
/** No file of ours is larger, whatever a shell makes of the script's limit. */
const FILE_BYTES = 3 * CUT_BYTES
/** Unreadable files that are kept for a look; older ones make room. */
const BAD_MAX = 100
/** What a killed script left half written is of no use after so long. */
const STALE_MS = 3_600_000

export interface SpoolOptions {
  /** Folder that holds `new`, `tmp` and `bad`; made with mode 0700. */
  folder: string
  log: Log
  /**
   * Applies events, oldest first. Its promise resolves when their effects are on the disk; only then
   * are the files deleted. Where it rejects they are brought again, and so they are after a crash in
   * between: with the same ids, and perhaps with others among them.
   */
  handle: (events: readonly SpooledHook[]) => void | Promise<void>
  /** Told after the files are gone, so that what was noted against a repetition can go too. */
  deleted?: (ids: readonly string[]) => void
  signal: AbortSignal
  pollMs?: number
  backlogBytes?: number
}

/**
 * Hands over what hooks leave in the spool, oldest first, until the signal aborts. Rejects only
 * where the folder cannot be made.
 */
export async function readSpool(options: SpoolOptions): Promise<void> {
  const { folder, signal, pollMs = POLL_MS } = options
  await makeFolders(folder)
  const latch = new Latch()
  const unkept: Unkept = new Map()
  const stop = () => latch.wake()
  signal.addEventListener('abort', stop, { once: true })
  const watcher = watchFolder(join(folder, 'new'), latch, options.log)
  await announce(folder, options.log)
  try {
    while (!signal.aborted) {
      await applyWaiting(options, unkept)
      if (unkept.size > 0) await delay(RETRY_MS, signal)
      else if (!signal.aborted) await latch.wait(pollMs, signal)
    }
  } finally {
    watcher?.close()
    signal.removeEventListener('abort', stop)
    await rm(join(folder, 'reader'), { force: true })
  }
}

/** Events that were handed over and could not be kept, by the names of their files. */
type Unkept = Map<string, SpooledHook>

/**
 * One pass over all files that wait now. Where the disk refuses, the events behind are handed over
 * all the same: what is seen goes on, and all of it is brought again until it is kept.
 */
async function applyWaiting(options: SpoolOptions, unkept: Unkept): Promise<void> {
  const { folder, log, handle, deleted, signal } = options
  const { files, dropped } = await listWaiting(options)
  const waiting = new Set(files.map(({ name }) => name))
  for (const name of unkept.keys()) if (!waiting.has(name)) unkept.delete(name)
  for (let start = 0; start < files.length && !signal.aborted; start += SLICE) {
    const events: SpooledHook[] = []
    for (const { name, writtenAt } of files.slice(start, start + SLICE)) {
      const event = unkept.get(name) ?? (await readEvent(folder, name, writtenAt))
      if (event === 'gone') continue
      if (event === undefined) {
        await setAside(folder, name)
        log.warn({ file: name }, 'a hook event cannot be read and was set aside')
      } else {
        const lost = dropped.get(event.pid) ?? 0
        dropped.delete(event.pid)
        events.push(lost > 0 ? { ...event, droppedBefore: lost } : event)
      }
    }
    if (events.length > 0) await apply(events)
    await nextTick()
  }

  async function apply(events: readonly SpooledHook[]): Promise<void> {
    try {
      await handle(events)
    } catch (error) {
      const isNews = events.some(({ id }) => !unkept.has(id))
      log[isNews ? 'error' : 'debug'](
        { error, events: events.length },
        'hook events wait to be kept',
      )
      for (const event of events) unkept.set(event.id, event)
      return
    }
    for (const { id } of events) {
      await unlink(join(folder, 'new', id)).catch(ignoreMissing)
      unkept.delete(id)
    }
    deleted?.(events.map(({ id }) => id))
  }
}

interface Waiting {
  name: string
  writtenAt: number
}

/** Files by age, those of a process that left too much without its oldest. */
async function listWaiting({ folder, log, backlogBytes = BACKLOG_BYTES }: SpoolOptions) {
  const names = await namesThatWait(join(folder, 'new'))
  const sized: (Waiting & { pid: number; bytes: number; nanos: string })[] = []
  for (const [index, name] of names.entries()) {
    const facts = await stat(join(folder, 'new', name)).catch(ignoreMissing)
    if (!facts) continue
    const { pid = 0, nanos = '' } = parseSpoolName(name) ?? {}
    sized.push({ name, pid, nanos, bytes: facts.size, writtenAt: facts.mtimeMs })
    if (index % 500 === 499) await nextTick()
  }
  const time = ({ nanos, writtenAt }: (typeof sized)[number]) =>
    nanos || `${Math.trunc(writtenAt * 1_000)}000`
  // Not localeCompare: ten thousand of its comparisons hold the process for a tenth of a second.
  const order = sized.map((one) => ({ one, key: `${time(one)} ${one.name}` }))
  order.sort((a, b) => (a.key < b.key ? -1 : 1))
  const kept: Waiting[] = []
  const dropped = new Map<number, number>()
  const bytes = new Map<number, number>()
  for (const { name, pid, bytes: size, writtenAt } of order.reverse().map(({ one }) => one)) {
    const sum = (bytes.get(pid) ?? 0) + size
    bytes.set(pid, sum)
    if (sum <= backlogBytes) {
      kept.push({ name, writtenAt })
    } else {
      dropped.set(pid, (dropped.get(pid) ?? 0) + 1)
      await unlink(join(folder, 'new', name)).catch(ignoreMissing)
    }
  }
  const lost = [...dropped.values()].reduce((sum, count) => sum + count, 0)
  if (lost > 0) log.warn({ events: lost }, 'too many hook events waited; the oldest were dropped')
  return { files: kept.reverse(), dropped }
}

/** Anybody who runs as this user may write here: never follow a link, never wait on a FIFO. */
async function readEvent(folder: string, name: string, writtenAt: number) {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
  let file: FileHandle | undefined
  try {
    file = await open(join(folder, 'new', name), flags)
    const facts = await file.stat()
    if (!facts.isFile() || facts.size > FILE_BYTES) return undefined
    return parseSpoolFile(name, await file.readFile('utf8'), writtenAt)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return 'gone'
    if (code === 'ELOOP' || code === 'EACCES' || code === 'ENXIO' || code === 'EISDIR')
      return undefined
    throw error
  } finally {
    await file?.close()
  }
}

async function setAside(folder: string, name: string): Promise<void> {
  await rename(join(folder, 'new', name), join(folder, 'bad', name)).catch(ignoreMissing)
  const bad = (await readdir(join(folder, 'bad'))).sort()
  for (const old of bad.slice(0, Math.max(0, bad.length - BAD_MAX))) {
    await rm(join(folder, 'bad', old), { force: true, recursive: true })
  }
}

/** The script counts what waits only while nobody reads: counting costs the agent time. */
async function announce(folder: string, log: Log): Promise<void> {
  await writeFile(join(folder, 'reader'), `${process.pid}\n`, { mode: 0o600 })
  for (const name of await readdir(join(folder, 'tmp'))) {
    const path = join(folder, 'tmp', name)
    const facts = await stat(path).catch(ignoreMissing)
    if (!facts || Date.now() - facts.mtimeMs < STALE_MS) continue
    await rm(path, { force: true })
    log.info({ file: name }, 'removed a hook event that was never finished')
  }
}

/** Makes the folders of a spool, for this user alone. */
export async function makeFolders(folder: string): Promise<void> {
  for (const part of ['', 'tmp', 'new', 'bad']) {
    await mkdir(join(folder, part), { recursive: true, mode: 0o700 })
  }
}

function watchFolder(folder: string, latch: Latch, log: Log): FSWatcher | undefined {
  try {
    const watcher = watch(folder, () => latch.wake())
    watcher.on('error', (error) => {
      log.warn({ error }, 'the spool is polled: watching it failed')
      watcher.close()
    })
    return watcher
  } catch (error) {
    log.warn({ error }, 'the spool is polled: it cannot be watched')
    return undefined
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
  return undefined
}
