import { setImmediate as nextTick } from 'node:timers/promises'
import type { DiffFile, DiffResponse } from '../protocol.ts'
import { readStatus, unknownView, viewOf, WITHOUT_SUBMODULES } from './git-check.ts'
import { type Git, GitError } from './git-command.ts'
import { type PatchFile, type PatchLimits, PatchReader } from './git-patch.ts'
import type { GitPlace } from './git-place.ts'
import { readUntracked } from './git-untracked.ts'
import { redact } from './redact.ts'

/** What one answer holds at most. */
const LIMITS: PatchLimits = { fileBytes: 131_072, totalBytes: 4_194_304, files: 500 }
/** A list of untracked files is read so far. */
const LIST_BYTES = 4_194_304

const PATCH = [
  ...['--raw', '-p', '-z', '-M', '--no-color', '--no-ext-diff', '--no-textconv', '--no-relative'],
  ...['--src-prefix=a/', '--dst-prefix=b/', '--submodule=short', WITHOUT_SUBMODULES],
]

/**
 * The worktree against HEAD, untracked files included; before the first commit against nothing.
 * Where git gives no answer the view says why, and there are no files.
 */
export async function readChanges(
  git: Git,
  place: GitPlace,
  limits: PatchLimits = LIMITS,
): Promise<DiffResponse> {
  const at = Date.now()
  try {
    return await changesOf(git, place, limits, at)
  } catch (error) {
    if (!(error instanceof GitError)) throw error
    return { git: unknownView(place, at, error.message), files: [], omitted: 0 }
  }
}

async function changesOf(
  git: Git,
  place: GitPlace,
  limits: PatchLimits,
  at: number,
): Promise<DiffResponse> {
  const status = await readStatus(git, place)
  const reader = new PatchReader(limits)
  const untracked = await git(place.worktree, async ({ run }) => {
    const base = status.head || (await emptyTree(run))
    await run(['diff', ...PATCH, base, '--'], (chunk) => reader.take(chunk))
    return listUntracked(run)
  })
  const tracked = reader.finish()
  const room = Math.max(0, limits.files - tracked.length - reader.omitted)
  let left = limits.totalBytes - tracked.reduce((sum, { patch }) => sum + patch.length, 0)
  const news: PatchFile[] = []
  for (const path of untracked.slice(0, room)) {
    const file = await readUntracked(place.worktree, path, Math.min(limits.fileBytes, left))
    left -= file.patch.length
    news.push(file)
  }
  const conflicted = new Set(status.conflicted)
  const files: DiffFile[] = []
  for (const file of [...tracked, ...news]) {
    files.push(shown(conflicted.has(file.path) ? { ...file, status: 'conflicted' } : file))
    // Looking for secrets takes its time: the event loop gets its turn after each file.
    await nextTick()
  }
  const omitted = reader.omitted + Math.max(0, untracked.length - room)
  return { git: viewOf(place, status, at), files, omitted }
}

type Run = Parameters<Parameters<Git>[1]>[0]['run']

/** The id of the tree without files, in this repository's kind of hash. Nothing is written. */
async function emptyTree(run: Run): Promise<string> {
  let id = ''
  await run(['hash-object', '-t', 'tree', '/dev/null'], (chunk) => {
    id += chunk.toString('latin1')
  })
  return id.trim()
}

async function listUntracked(run: Run): Promise<Buffer[]> {
  const chunks: Buffer[] = []
  let bytes = 0
  await run(['ls-files', '--others', '--exclude-standard', '-z'], (chunk) => {
    if (bytes < LIST_BYTES) chunks.push(chunk)
    bytes += chunk.length
  })
  const paths: Buffer[] = []
  const all = Buffer.concat(chunks)
  let start = 0
  for (let end = all.indexOf(0); end >= 0; end = all.indexOf(0, start)) {
    paths.push(all.subarray(start, end))
    start = end + 1
  }
  return paths
}

function shown({ path, from, status, added, removed, binary, patch, cut }: PatchFile): DiffFile {
  return {
    path: redact(path),
    ...(from === undefined ? {} : { from: redact(from) }),
    status,
    ...(binary ? {} : { added, removed }),
    binary,
    patch: binary ? '' : redact(patch.toString('utf8')),
    ...(cut === 0 ? {} : { cut }),
  }
}
