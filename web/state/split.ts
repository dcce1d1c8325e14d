import { createSignal } from 'solid-js'

/** Terminals that stand beside each other; the layout belongs to this device. */

/** Terminals beside each other at most: with more, none can be read. */
export const MAX_PARTS = 4

const KEY = 'dogwatch.split'

export interface Split {
  /** Session ids in their order; none, or two to four. */
  parts(): readonly string[]
  /** Puts a session beside another, which starts a new layout where it is in none; false when full. */
  add(beside: string, session: string): boolean
  remove(session: string): void
  clear(): void
}

/** The parts after `session` came beside `beside`; undefined when there is no room. Pure. */
export function withPart(
  parts: readonly string[],
  beside: string,
  session: string,
): readonly string[] | undefined {
  if (session === beside) return parts
  const base = parts.includes(beside) ? parts : [beside]
  if (base.includes(session)) return base
  return base.length < MAX_PARTS ? [...base, session] : undefined
}

/** The parts without a session; one alone is no split. Pure. */
export function withoutPart(parts: readonly string[], session: string): readonly string[] {
  const rest = parts.filter((part) => part !== session)
  return rest.length > 1 ? rest : []
}

function read(): readonly string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]')
    if (!Array.isArray(kept)) return []
    const ids = [...new Set(kept.filter((id): id is string => typeof id === 'string'))]
    return ids.length > 1 ? ids.slice(0, MAX_PARTS) : []
  } catch {
    // Storage is switched off, or holds what is not ours: one terminal at a time, as at first.
    return []
  }
}

export function createSplit(): Split {
  const [parts, setParts] = createSignal(read())
  const put = (next: readonly string[]) => {
    setParts(next)
    try {
      localStorage.setItem(KEY, JSON.stringify(next))
    } catch {
      // The layout lives as long as the page.
    }
  }
  return {
    parts,
    add(beside, session) {
      const next = withPart(parts(), beside, session)
      if (next) put(next)
      return next !== undefined
    },
    remove: (session) => put(withoutPart(parts(), session)),
    clear: () => put([]),
  }
}
