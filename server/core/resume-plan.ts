import type { AgentRow } from '../../db/agents.ts'
import { adapterOf } from '../agents/index.ts'

/** The command that continues a conversation, the program first, or why there is none. */
export type ResumePlan = { command: string[] } | { reason: string }

/** How an agent of before goes on. `hasFolder`: the folder that it worked in is still there. */
export function resumePlan({ view, argv }: AgentRow, hasFolder: boolean): ResumePlan {
  const adapter = adapterOf(view.kind)
  if (view.parent !== undefined) return { reason: 'Another agent started it and starts it again.' }
  if (view.where !== 'here') {
    const place = view.where === 'ssh' ? 'on another machine' : 'in a container'
    return { reason: `It ran ${place}; go there and resume it.` }
  }
  if (!adapter.resume) return { reason: `${adapter.name} has no command to resume.` }
  if (view.conversation === undefined) {
    return { reason: 'The id of its conversation was never told, so nothing can be resumed.' }
  }
  if (!hasFolder) return { reason: `Its folder ${view.cwd} is gone.` }
  const command = adapter.resume(view.conversation, argv)
  if (command.length === 0) return { reason: 'The id of its conversation has no known form.' }
  if (command.some((word) => word.includes('[redacted'))) {
    return { reason: 'It was started with a secret in its arguments, which is not kept.' }
  }
  return { command }
}

/** A command as one line for any shell: every word that could mean something is in single quotes. */
export function shellLine(command: readonly string[]): string {
  return command
    .map((word) =>
      /^[\w@+:,./-][\w@%+=:,./-]*$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`,
    )
    .join(' ')
}
