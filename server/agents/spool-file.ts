import type { HookEvent } from './adapter.ts'

/** First line of a spool file; another number is another layout. */
export const SPOOL_MAGIC = 'dogwatch-hook 1'
/** The script cuts larger files; some shells count its limit in blocks of twice the size. */
export const CUT_BYTES = 262_144
/** Lines before the event itself: magic, kind, event, pane, tmux, pid, an empty one. */
const HEADER_LINES = 7
/** What an adapter's kind may look like. */
const KIND = /^[a-z][a-z0-9-]{0,31}$/

/** An event as it lay in the spool. */
export interface SpooledHook extends HookEvent {
  /** The file's name: the same for the same event, also after a crash. */
  id: string
  /** `TMUX` of the agent: socket path, server pid and session, separated by commas; or empty. */
  tmux: string
  /** The event was cut because of its size, so that its payload is empty. */
  cut: boolean
  /** Older events of the same process were dropped before this one. */
  droppedBefore: number
}

/** What the name of a spool file says. */
export interface SpoolName {
  /** Nanoseconds since the epoch, as text; empty where the system's `date` cannot tell. */
  nanos: string
  /** Process that called the hook. */
  pid: number
}

/** `<nanoseconds>.<pid of the agent>.<pid of the script>`. */
export function parseSpoolName(name: string): SpoolName | undefined {
  const match = /^(\d{10,19})N?\.(\d{1,10})\.\d{1,10}$/.exec(name)
  if (!match?.[1] || !match[2]) return undefined
  return { nanos: match[1].length === 19 ? match[1] : '', pid: Number(match[2]) }
}

/**
 * Reads one spool file; undefined where it is none of ours or its event is no JSON object.
 * `writtenAt`: the file's own time in epoch milliseconds, for names that carry none.
 */
export function parseSpoolFile(
  name: string,
  text: string,
  writtenAt: number,
): SpooledHook | undefined {
  const named = parseSpoolName(name)
  const lines = text.split('\n', HEADER_LINES)
  const [magic, kind, event, pane, tmux, pid, blank] = lines
  if (!named || magic !== SPOOL_MAGIC || blank !== '') return undefined
  if (!kind || !KIND.test(kind) || !event || event.length > 100 || !/^\d{1,10}$/.test(pid ?? ''))
    return undefined
  const body = text.slice(lines.reduce((length, line) => length + line.length + 1, 0))
  const whole = parseObject(body)
  const cut = whole === undefined && Buffer.byteLength(text) >= CUT_BYTES
  const payload = cut ? {} : whole
  if (!payload) return undefined
  return {
    id: name,
    kind,
    event,
    payload,
    pane: /^%\d{1,10}$/.test(pane ?? '') ? (pane ?? '') : '',
    tmux: tmux ?? '',
    pid: Number(pid),
    at: named.nanos ? Number(named.nanos.slice(0, -6)) : writtenAt,
    cut,
    droppedBefore: 0,
  }
}

/** An agent may call a hook without any event on stdin; that is an empty one. */
function parseObject(text: string): Record<string, unknown> | undefined {
  if (text.trim() === '') return {}
  try {
    const value: unknown = JSON.parse(text)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject ? (value as Record<string, unknown>) : undefined
  } catch {
    // The caller sets the file aside and counts it; the text itself says nothing more.
    return undefined
  }
}
