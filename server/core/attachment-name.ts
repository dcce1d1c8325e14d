/** Names of attached files: always our own, so that no name from outside reaches a disk or a shell. */

/** What makes a program look into a file rightly; longer ones are no endings. */
const ENDING = /\.([a-z0-9]{1,8})$/i
/** What a pasted picture has instead of a name. */
const ENDINGS: Readonly<Record<string, string>> = {
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/gif': 'gif',
  'image/webp': 'webp',
  'image/heic': 'heic',
  'image/svg+xml': 'svg',
  'application/pdf': 'pdf',
  'text/plain': 'txt',
}
const OURS = /^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)-[0-9a-f]{8}\.[a-z0-9]{1,8}$/
/** Of a file that is still arriving. */
export const PART = '.part'

/**
 * A fresh name for a file that its device calls `name`, of a media type. `at` in epoch milliseconds
 * (told in UTC), `random` eight hexadecimal digits.
 */
export function attachmentName(name: string, type: string, at: number, random: string): string {
  const [day = '', time = ''] = new Date(at).toISOString().split(/[T.]/)
  const known = ENDINGS[type.split(';')[0]?.trim().toLowerCase() ?? '']
  const ending = ENDING.exec(name)?.[1]?.toLowerCase() ?? known ?? 'bin'
  return `${day.replaceAll('-', '')}-${time.replaceAll(':', '')}-${random}.${ending}`
}

/**
 * When an attachment came, by its name, whole or not: epoch milliseconds, to the second. Undefined
 * for a file that is none of ours: such a one is never swept.
 */
export function attachmentTime(name: string): number | undefined {
  const found = OURS.exec(name.endsWith(PART) ? name.slice(0, -PART.length) : name)
  if (!found) return undefined
  const [year = 0, month = 0, ...rest] = found.slice(1).map(Number)
  return Date.UTC(year, month - 1, ...rest)
}
