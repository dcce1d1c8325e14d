import { HOOK_KINDS, type HookKind } from '../../server/agents/hooks/places.ts'
import { REAL_AGENTS } from './kinds.ts'

/** A word of the command line, as `run.mjs` hands it on. */
export function words(name: string, separator = ','): string[] {
  return (process.env[`DOGWATCH_AGENTS_${name}`] ?? '').split(separator).filter(Boolean)
}

/** Kinds and their versions: those that were asked for (`claude,codex@0.145.0`), else all. */
export function chosenKinds(): { kind: HookKind; version: string }[] {
  const chosen = words('KINDS').map((word) => word.split('@'))
  const kinds = chosen.length > 0 ? chosen : HOOK_KINDS.map((kind) => [kind])
  return kinds.map(([name, version]) => {
    const kind = HOOK_KINDS.find((one) => one === name)
    if (!kind) throw new Error(`no agent "${name}" (one of ${HOOK_KINDS.join(', ')})`)
    return { kind, version: version ?? REAL_AGENTS[kind].version }
  })
}

/** Parts that were asked for; none where all were. */
export function chosenPhases(): string[] {
  return words('PHASES')
}
