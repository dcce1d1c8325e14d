import type { ObservedFacts } from '../agents/adapter.ts'

/** Whether these are of another conversation than what is held: `/clear`, another one opened. */
export function isOtherConversation(held: ObservedFacts, { conversation }: ObservedFacts): boolean {
  return !!conversation && !!held.conversation && conversation !== held.conversation
}

/**
 * The facts with those of one more observation; the same object where nothing changed. With another
 * conversation all goes that spoke of the one before.
 */
export function withFacts(held: ObservedFacts, facts: ObservedFacts): ObservedFacts {
  const { subagent: _, usage: __, usageKind: ___, recordId: ____, ...told } = facts
  const before = isOtherConversation(held, told) ? modelOf(held) : held
  const given = Object.fromEntries(
    Object.entries(told).filter(([, value]) => value !== undefined && value !== ''),
  )
  const keepsTitle = before.titleIsChosen === true && told.titleIsChosen !== true
  const next: ObservedFacts = {
    ...before,
    ...given,
    // The first prompt names a conversation; later ones do not rename it.
    ...(keepsTitle || (before.title && !told.titleIsChosen) ? { title: before.title } : {}),
    ...(keepsTitle ? { titleIsChosen: true } : {}),
    ...(told.tool === '' ? { tool: '' } : {}),
  }
  const names = Object.keys({ ...held, ...next }) as (keyof ObservedFacts)[]
  return names.some((name) => next[name] !== held[name]) ? next : held
}

function modelOf({ model }: ObservedFacts): ObservedFacts {
  return model === undefined ? {} : { model }
}
