/** A row that is a drawn line: wrapped on a narrow screen it would be several, so it is cut. */
export function isRule(row: string): boolean {
  return /^[\s\u2500-\u257f\u2580-\u259f=_-]{8,}$/.test(row)
}
