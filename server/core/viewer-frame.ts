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
      const viewer = field('viewer')
      const [cols, rows] = [count(field('cols')), count(field('rows'))]
      if (typeof viewer !== 'string' || !/^[\w-]{8,64}$/.test(viewer)) return 'bad'
      if (cols === undefined || rows === undefined) return 'bad'
      const [pane, session] = [field('pane'), field('session')]
      if (!isId(pane) || !isId(session)) return 'bad'
      const named = { ...(pane ? { pane } : {}), ...(session ? { session } : {}) }
      return { frame: { type, viewer, ...named, cols, rows } }
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

/** An id of ours, or none. */
function isId(value: unknown): value is string | undefined {
  return value === undefined || (typeof value === 'string' && value.length <= 200)
}

function count(value: unknown): number | undefined {
  if (typeof value !== 'number' || !Number.isInteger(value)) return undefined
  return value >= 0 && value <= MAX_COUNT ? value : undefined
}
