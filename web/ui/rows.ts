/** The rows of the list, as the keyboard walks them. */

/** The list in the page; not to be seen on a phone that shows a session. */
function shownList(): HTMLElement | undefined {
  const list = document.querySelector<HTMLElement>('.rail .list')
  return list?.checkVisibility() ? list : undefined
}

export function findField(): HTMLInputElement | undefined {
  return document.querySelector<HTMLInputElement>('.rail .find .field') ?? undefined
}

/** Takes the focus from the field: who goes to a session from there goes on in its terminal. */
export function leaveFind(): void {
  const field = findField()
  if (document.activeElement === field) field?.blur()
}

/** The row of what is in sight, else the first one. */
function startRow(list: HTMLElement): HTMLElement | undefined {
  const row = (selector: string) => list.querySelector<HTMLElement>(`${selector} .row-main`)
  return row('.row.current') ?? row('.row') ?? undefined
}

/** Focuses the list where it is to be walked from; false where none is to be seen. */
export function focusList(): boolean {
  const list = shownList()
  if (!list) return false
  const target = startRow(list) ?? findField()
  target?.focus()
  return true
}

/** Goes from the row that has the focus to the next or the one before; to the field above the first. */
export function stepRow(list: HTMLElement, step: 1 | -1): boolean {
  const rows = [...list.querySelectorAll<HTMLElement>('.row-main')]
  const here = rows.findIndex((row) => row.closest('.row')?.contains(document.activeElement))
  if (here < 0) return false
  if (here === 0 && step < 0) findField()?.focus()
  else rows[here + step]?.focus()
  return true
}

/** As `stepRow` in the list of the page; where no row has the focus it begins at the current one. */
export function walkRows(step: 1 | -1): void {
  const list = shownList()
  if (list && !stepRow(list, step)) startRow(list)?.focus()
}
