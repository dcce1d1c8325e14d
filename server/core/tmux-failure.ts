import { NotSavedError } from '../../db/write-faults.ts'
import { TmuxError, type TmuxErrorCode } from '../tmux/errors.ts'
import { Failure } from './failure.ts'

/** What people are told, and under which code, when tmux fails. tmux's own words follow `refused`. */
const TOLD: Record<TmuxErrorCode, (error: TmuxError) => Failure> = {
  'no-tmux': (cause) =>
    new Failure('tmux-unavailable', 'tmux is not installed, or not in the PATH of dogwatch.', {
      cause,
    }),
  'no-server': (cause) =>
    new Failure('tmux-unavailable', 'No tmux server is running. Create a session first.', {
      cause,
    }),
  'no-target': (cause) => new Failure('not-found', 'That session or pane has ended.', { cause }),
  timeout: (cause) =>
    new Failure(
      'tmux-timeout',
      'tmux did not answer in time. Look whether it took effect before you try again.',
      { cause },
    ),
  refused: (cause) =>
    new Failure('tmux-refused', `tmux refused: ${cause.stderr.trim() || 'it gave no reason'}`, {
      cause,
    }),
  gone: (cause) =>
    new Failure('tmux-unavailable', 'The tmux server ended in the middle of this.', { cause }),
  suspended: (cause) =>
    new Failure('tmux-unavailable', 'tmux does not answer at the moment. Try again shortly.', {
      cause,
    }),
}

/** The failure to answer with, for errors that have a sentence; `undefined` for faults of ours. */
export function toFailure(error: unknown): Failure | undefined {
  if (error instanceof Failure) return error
  if (error instanceof TmuxError) return TOLD[error.code](error)
  if (error instanceof NotSavedError) {
    return new Failure('busy', `This could not be saved. ${error.message}`, { cause: error })
  }
  return undefined
}
