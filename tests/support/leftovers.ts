/**
 * A test that runs out of time is cut before its `await using` ends anything. What it had started
 * is ended here, when its worker process exits, so that one failure cannot slow down the rest.
 */
const cleanups = new Set<() => void>()

process.on('exit', () => {
  for (const cleanup of cleanups) cleanup()
})

/** `cleanup` must be synchronous and must not throw. Returns its removal, for the orderly end. */
export function atExit(cleanup: () => void): () => void {
  cleanups.add(cleanup)
  return () => cleanups.delete(cleanup)
}

/** Kills a process that a listing told of. */
export function endNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended since the listing.
  }
}
