import { expect, test } from 'playwright/test'
import { sayByBytes, sayByName } from '../../../server/core/said.ts'

test('what a terminal sends says something where it is Enter, Escape, Ctrl-C or Ctrl-D', () => {
  const table: [string, string, boolean][] = [
    ['a letter', 'a', false],
    ['a draft', 'do it later', false],
    ['Enter', '\r', true],
    ['a line and Enter', 'ls\r', true],
    ['Escape', '\x1b', true],
    ['Escape twice', '\x1b\x1b', true],
    ['Ctrl-C', '\x03', true],
    ['Ctrl-D', '\x04', true],
    ['Ctrl-J, a new line in the draft', '\n', false],
    ['Alt-Enter, the same', '\x1b\r', false],
    ['arrows', '\x1b[A\x1bOB', false],
    ['arrows and Enter', '\x1b[B\x1b[B\r', true],
    ['focus', '\x1b[I\x1b[O', false],
    ['the mouse', '\x1b[<0;10;3M\x1b[<0;10;3m', false],
    ['what it is', '\x1b[?1;2c', false],
    ['where the cursor is', '\x1b[12;1R', false],
    ['its colour, ended by BEL', '\x1b]11;rgb:0000/0000/0000\x07', false],
    ['its colour, ended by ST', '\x1b]11;rgb:0000/0000/0000\x1b\\', false],
    ['its version', '\x1bP>|xterm(1)\x1b\\', false],
    ['a paste of lines', '\x1b[200~one\rtwo\r\x1b[201~', false],
    ['a paste that is not over', '\x1b[200~one\rtwo\r', false],
    ['a paste and Enter', '\x1b[200~one\rtwo\x1b[201~\r', true],
    ['nothing', '', false],
  ]
  for (const [what, text, says] of table) {
    expect(sayByBytes(Buffer.from(text, 'latin1')), what).toBe(says)
  }
})

test('a key frame of the largest size is read at once', () => {
  const bytes = Buffer.alloc(65_536, '\x1b[200~\x1b]\x1b[')
  expect(sayByBytes(bytes)).toBe(false)
})

test('named keys say the same as their bytes', () => {
  for (const key of ['Enter', 'Escape', 'C-c', 'C-d']) expect(sayByName([key])).toBe(true)
  expect(sayByName(['Up', 'Tab', 'C-u', 'Left'])).toBe(false)
  expect(sayByName(['Up', 'Enter'])).toBe(true)
})
