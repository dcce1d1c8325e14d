import { readFileSync } from 'node:fs'
import { expect, test } from 'playwright/test'
import { startServer } from '../support/server.ts'
import { expectRow, openTerminal } from '../support/terminal-tab.ts'
import { startTmux } from '../support/tmux.ts'

test('a picture that is pasted or dropped is attached; text is pasted as before', async ({
  page,
}) => {
  await using tmux = await startTmux()
  await tmux.newSession({ name: 'work', cols: 80, rows: 24, command: 'exec cat' })
  await using server = await startServer({ tmux })
  await openTerminal(page, server, 'work')
  const box = page.getByRole('textbox', { name: 'Message to the program' })
  await expect(box).toBeVisible()
  /** What a browser fires for a paste or a drop of these. */
  const bring = (type: 'paste' | 'drop', into: string, brought: { text?: string; file?: string }) =>
    page.evaluate(
      ([kind, selector, { text, file }]) => {
        const data = new DataTransfer()
        if (text !== undefined) data.setData('text/plain', text)
        if (file !== undefined) data.items.add(new File(['picture'], file, { type: 'image/png' }))
        const init = { bubbles: true, cancelable: true }
        const event =
          kind === 'paste'
            ? new ClipboardEvent('paste', { ...init, clipboardData: data })
            : new DragEvent('drop', { ...init, dataTransfer: data })
        document.querySelector(selector)?.dispatchEvent(event)
        return event.defaultPrevented
      },
      [type, into, brought] as const,
    )
  const terminal = '.slot:not(.hidden) .xterm-helper-textarea'
  expect(await bring('paste', terminal, { file: 'image.png' })).toBe(true)
  await expect(box).toHaveValue(/\.png $/)
  await box.fill('')
  expect(await bring('drop', '.slot:not(.hidden) .term', { file: 'drawing.svg' })).toBe(true)
  await expect(box).toHaveValue(/\.svg $/)
  expect(readFileSync((await box.inputValue()).trim(), 'utf8')).toBe('picture')
  await box.fill('')
  // A table copied from a sheet is a picture and text: the text is meant.
  await bring('paste', terminal, { text: 'from the sheet', file: 'image.png' })
  await expectRow(page, /from the sheet/)
  await expect(box).toHaveValue('')
  // Beside the terminal it would replace the page.
  expect(await bring('drop', '.rail', { file: 'missed.png' })).toBe(true)
})
