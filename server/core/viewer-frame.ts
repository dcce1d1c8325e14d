import { LIMITS, type ViewerFrame } from '../protocol.ts'

/** `unknown`: a kind of frame this version does not know, to be ignored; `bad`: not a frame at all. */
export type Decoded = { frame: ViewerFrame } | 'unknown' | 'bad'

/** Largest count of bytes: beyond, numbers are no longer exact. */
const MAX_COUNT = Number.MAX_SAFE_INTEGER

/** Reads a text frame of `/ws/terminal`. Sizes are any whole numbers here; they are clamped where used. */
export function decodeViewerFrame(text: string): Decoded {
  if (text.length > LIMITS.textFrameBytes) return 'bad'
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // Not JSON: the same answer as for JSON that is no frame.
    return 'bad'
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'bad'
  const field = (name: string): unknown =>
    Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined
  const type = field('type')
  if (typeof type !== 'string') return 'bad'
  switch (type) {
    case 'open': {
      const [viewer, session] = [field('viewer'), field('session')]
      const [cols, rows] = [count(field('cols')), count(field('rows'))]
      if (typeof viewer !== 'string' || !/^[\w-]{8,64}$/.test(viewer)) return 'bad'
      if (cols === undefined || rows === undefined) return 'bad'
      if (session === undefined) return { frame: { type, viewer, cols, rows } }
      if (typeof session !== 'string' || session.length > 200) return 'bad'
      return { frame: { type, viewer, session, cols, rows } }
    }
    case 'ack': {
      const bytes = count(field('bytes'))
      return bytes === undefined ? 'bad' : { frame: { type, bytes } }
    }
    case 'fit': {
      const on = field('on')
      const [cols, rows] = [count(field('cols')), count(field('rows'))]
      if (typeof on !== 'boolean' || cols === undefined || rows === undefined) return 'bad'
      return { frame: { type, on, cols, rows } }
    }
    case 'ping': {
      const at = field('at')
      return typeof at === 'number' ? { frame: { type, at } } : 'bad'
    }
    default:
      return 'unknown'
  }
}

function count(value: unknown): number | undefined {
  if (typeof value !== 'number' || !Number.isInteger(value)) return undefined
  return value >= 0 && value <= MAX_COUNT ? value : undefined
}
