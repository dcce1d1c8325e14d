import type { Dirent } from 'node:fs'
import { access, readdir, realpath } from 'node:fs/promises'
import { basename, join, sep } from 'node:path'
import { readOpenFiles } from '../lib/proc.ts'
import type { AgentFiles, ProcessFacts } from './adapter.ts'

/** Folders looked into at the same time. */
const BATCH = 64

/**
 * The transcript that belongs to this very process, where the kernel or the agent ties them
 * together; undefined where nothing does, or where two claims fit: then nobody may guess. Of open
 * files the oldest by name counts: those of subagents, which the same process writes, come later.
 */
export async function findTranscript(
  process: Pick<ProcessFacts, 'pid'>,
  files: AgentFiles,
): Promise<string | undefined> {
  if (files.transcript !== undefined) return files.transcript
  const { transcripts, binding } = files
  if (transcripts === undefined || !binding) return undefined
  // A folder that is not there holds nothing yet.
  const root = await realpath(transcripts).catch(() => undefined)
  if (root === undefined) return undefined
  if (binding.type === 'open-file') {
    const open = await readOpenFiles(process.pid)
    return open
      .filter((path) => path.startsWith(root + sep) && binding.name.test(basename(path)))
      .sort((a, b) => (basename(a) < basename(b) ? -1 : 1))[0]
  }
  const [folder, ...more] = await claimedFolders(root, binding.names)
  return folder !== undefined && more.length === 0 ? join(folder, binding.file) : undefined
}

async function claimedFolders(root: string, names: readonly string[]): Promise<string[]> {
  const entries: Dirent[] = await readdir(root, { withFileTypes: true }).catch(() => [])
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(root, name))
  const claimed: string[] = []
  for (let at = 0; at < folders.length; at += BATCH) {
    const batch = folders.slice(at, at + BATCH)
    const hits = await Promise.all(batch.map((folder) => holdsAny(folder, names)))
    claimed.push(...batch.filter((_, index) => hits[index]))
  }
  return claimed
}

async function holdsAny(folder: string, names: readonly string[]): Promise<boolean> {
  const found = await Promise.all(
    names.map((name) =>
      access(join(folder, name)).then(
        () => true,
        () => false,
      ),
    ),
  )
  return found.includes(true)
}
