import { expect, test } from 'playwright/test'
import { type PatchLimits, PatchReader } from '../../../server/core/git-patch.ts'

const LIMITS: PatchLimits = { fileBytes: 1_000, totalBytes: 10_000, files: 10 }
const raw = (...parts: string[]) => `${parts.join('\0')}\0\0`
const record = (letter: string, from = '100644', to = '100644') =>
  `:${from} ${to} aaa bbb ${letter}`

function read(text: string | Buffer, limits = LIMITS, step = Number.POSITIVE_INFINITY) {
  const reader = new PatchReader(limits)
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += step) reader.take(bytes.subarray(at, at + step))
  const files = reader.finish().map((file) => ({ ...file, patch: file.patch.toString('latin1') }))
  return { files, omitted: reader.omitted }
}

const A = 'diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1,2 +1,2 @@\n-- old\n++ new\n same\n'
const B = 'diff --git a/b b/b\nnew file mode 100644\n@@ -0,0 +1 @@\n+diff --git a/x b/x\n'
const TWO = raw(record('M'), 'a', record('A', '000000'), 'b') + A + B

test('files get their own part, and lines that look like a header stay what they are', () => {
  const { files } = read(TWO)
  expect(files).toMatchObject([
    { path: 'a', status: 'modified', added: 1, removed: 1, patch: A, cut: 0 },
    { path: 'b', status: 'added', added: 1, removed: 0, patch: B, cut: 0 },
  ])
})

test('where the chunks are cut makes no difference', () => {
  for (const step of [1, 2, 3, 7, 64]) expect(read(TWO, LIMITS, step)).toEqual(read(TWO))
})

test('renames and changes of type', () => {
  const rename = 'diff --git a/old b/new\nsimilarity index 100%\nrename from old\nrename to new\n'
  const type =
    'diff --git a/l b/l\ndeleted file mode 120000\n@@ -1 +0,0 @@\n-to\n' +
    'diff --git a/l b/l\nnew file mode 100644\n@@ -0,0 +1 @@\n+file\n'
  const head = raw(record('R100'), 'old', 'new', record('T', '120000'), 'l', record('M'), 'a')
  const { files } = read(head + rename + type + A)
  expect(files).toMatchObject([
    { path: 'new', from: 'old', status: 'renamed', patch: rename },
    { path: 'l', status: 'modified', added: 1, removed: 1, patch: type },
    { path: 'a', patch: A },
  ])
})

test('binary files have no lines; files of which only the time changed are left out', () => {
  const binary = 'diff --git a/b b/b\nindex 1..2\nBinary files a/b and b/b differ\n'
  const touched = 'diff --git a/t b/t\n'
  const mode = 'diff --git a/m b/m\nold mode 100644\nnew mode 100755\n'
  const head = raw(record('M'), 'b', record('M'), 't', record('M', '100644', '100755'), 'm')
  const { files } = read(head + binary + touched + mode)
  expect(files.map(({ path, binary }) => ({ path, binary }))).toEqual([
    { path: 'b', binary: true },
    { path: 'm', binary: false },
  ])
})

test('a patch is cut at a whole line, counted to its end, and says how much is missing', () => {
  const limits = { ...LIMITS, fileBytes: 60 }
  const { files } = read(TWO, limits)
  expect(files[0]?.patch).toBe(A.slice(0, A.indexOf('++ new')))
  expect(files[0]?.cut).toBe(A.length - A.indexOf('++ new'))
  expect(files[0]).toMatchObject({ added: 1, removed: 1 })
  expect(files[1]).toMatchObject({ added: 1, cut: B.length - B.indexOf('+diff') })
})

test('all patches together are limited, and so is the number of files', () => {
  const { files, omitted } = read(TWO, { ...LIMITS, totalBytes: A.length })
  expect(files.map(({ cut }) => cut)).toEqual([0, B.length])
  expect(omitted).toBe(0)
  const few = read(TWO, { ...LIMITS, files: 1 })
  expect(few.files.map(({ path }) => path)).toEqual(['a'])
  expect(few.omitted).toBe(1)
})

test('a line of megabytes is counted once and not held', () => {
  const long = `diff --git a/a b/a\n@@ -0,0 +1,2 @@\n+${'+x'.repeat(400_000)}\n+end\n`
  const { files } = read(raw(record('M'), 'a') + long, LIMITS, 65_536)
  expect(files[0]).toMatchObject({ added: 2, cut: 800_002 + 5 })
  expect(files[0]?.patch).toBe('diff --git a/a b/a\n@@ -0,0 +1,2 @@\n')
})

test('no difference at all', () => {
  expect(read('')).toEqual({ files: [], omitted: 0 })
})
