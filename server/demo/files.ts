/** The files in which an agent of one kind keeps what it does, as far as dogwatch reads them. */
export interface AgentLog {
  /** What the agent does now, where its kind has a file for that. */
  state?(state: 'idle' | 'busy' | 'permission' | 'question'): void
  prompt(text: string, at: number): void
  /** `isLast`: the turn ends with these words. */
  say(text: string, at: number, isLast: boolean): void
  /** A tool call; returns what tells of its result. */
  call(tool: ToolCall, at: number): (output: string, at: number, edit?: EditRecord) => void
  done(lastWords: string, at: number): void
  fail(text: string, at: number): void
  interrupt(at: number): void
}

export interface ToolCall {
  name: 'shell' | 'edit' | 'question'
  /** The command, the path, or the question. */
  text: string
}

export interface EditRecord {
  path: string
  line: number
  old: string
  now: string
}

/** An edit as one hunk of a unified diff, without the names of files. */
export function hunkOf(edit: EditRecord): string {
  const { removed, added } = diffLines(edit)
  const head = `@@ -${edit.line},${removed.length} +${edit.line},${added.length} @@`
  return [head, ...removed, ...added].join('\n')
}

/** An edit's rows as they stand in a unified diff. */
export function diffLines({ old, now }: EditRecord): { removed: string[]; added: string[] } {
  return {
    removed: old.split('\n').map((row) => `-${row}`),
    added: now.split('\n').map((row) => `+${row}`),
  }
}
