import { Failure } from './failure.ts'

/**
 * A whole number from a query or a path, of at most `digits` digits; undefined where there is none.
 * Throws a `Failure` (`bad-request`) for anything else. `name` is what the caller knows it by.
 */
export function wholeNumber(text: string, name: string, digits?: number): number
export function wholeNumber(
  text: string | undefined,
  name: string,
  digits?: number,
): number | undefined
export function wholeNumber(
  text: string | undefined,
  name: string,
  digits = 9,
): number | undefined {
  if (text === undefined) return undefined
  if (/^\d+$/.test(text) && text.length <= digits) return Number(text)
  throw new Failure('bad-request', `"${name}" must be a whole number.`)
}
