/**
 * What the add-on for grapheme clusters needs of xterm's UnicodeService: the properties of a
 * character as the terminal packs them in one number, `kind << 3 | width << 1 | joins`. The built
 * add-on brings a second copy of xterm's base with it; `vite.config.ts` builds it on this instead.
 */
export const UnicodeService = {
  extractWidth(properties: number): number {
    return (properties >> 1) & 3
  },

  extractCharKind(properties: number): number {
    return properties >> 3
  },

  createPropertyValue(kind: number, width: number, joins = false): number {
    return ((kind & 0xffffff) << 3) | ((width & 3) << 1) | (joins ? 1 : 0)
  },
}
