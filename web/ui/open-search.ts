import type { AppContext } from './context.ts'

/** Id of the box of the search page. */
export const SEARCH_BOX = 'search-everything'

/** Goes to the search page, or where it is open already to its box. */
export function openSearch(app: Pick<AppContext, 'open'>): void {
  const box = document.getElementById(SEARCH_BOX)
  if (box instanceof HTMLInputElement) {
    box.focus()
    box.select()
  } else app.open({ page: 'search' })
}
