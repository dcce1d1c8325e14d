import pino from 'pino'

/** Levels that `--log-level` takes, quietest last. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/**
 * What every module logs with. Fields are facts (ids, counts, codes, durations); never the content
 * of a pane, a prompt, a token, a ticket or a request header.
 */
export interface Log {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
  child(bindings: object): Log
}

/** JSON lines on stderr, written synchronously so that the last words before an exit arrive. */
export function makeLog(level: LogLevel = 'info'): Log {
  const stderr = pino.destination({ dest: 2, sync: true })
  stderr.on('error', () => {
    // Whoever read our stderr is gone: a log that nobody reads is no reason to stop watching.
  })
  return pino(
    {
      level,
      base: undefined,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: pino.stdSerializers.err },
    },
    stderr,
  )
}
