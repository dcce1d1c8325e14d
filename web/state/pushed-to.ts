const PUSH_KEY = 'dogwatch.push'

/** What the server was told of where this browser takes pushed notices; undefined: they are off. */
export function pushedTo(): string | undefined {
  try {
    return localStorage.getItem(PUSH_KEY) ?? undefined
  } catch {
    // Without storage the settings alone tell what is on.
    return undefined
  }
}

export function keepPushed(place: string | undefined): void {
  try {
    if (place === undefined) localStorage.removeItem(PUSH_KEY)
    else localStorage.setItem(PUSH_KEY, place)
  } catch {
    // As above.
  }
}
