/** Names that an `Accept-Encoding` header takes, in lower case; those it refuses with `q=0` left out. */
export function acceptedEncodings(header = ''): Set<string> {
  const entries = header.split(',').map((entry) => entry.trim().toLowerCase())
  const wanted = entries.filter((entry) => !/;\s*q=0(?:\.0*)?$/.test(entry))
  return new Set(wanted.map((entry) => entry.split(';')[0] ?? ''))
}
