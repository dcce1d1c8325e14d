/** What is put into a prompt that somebody writes. Pure. */

/** A path as it stands in a prompt: quoted where a program would take it for several words. */
export function pathInPrompt(path: string): string {
  return /^[\w@%+=:,./~-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`
}

/** Text with a piece put in at a place, apart from what stands beside it; and where it ends. */
export function putIn(text: string, at: number, piece: string): { text: string; end: number } {
  const [before, after] = [text.slice(0, at), text.slice(at)]
  const head = before === '' || /\s$/.test(before) ? before : `${before} `
  const tail = /^\s/.test(after) ? after : ` ${after}`
  return { text: head + piece + tail, end: head.length + piece.length + 1 }
}
