import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'playwright/test'
import { attachmentName, attachmentTime } from '../../server/core/attachment-name.ts'
import { type AttachmentBounds, Attachments } from '../../server/core/attachments.ts'
import { listeningLog, scratchFolder } from '../support/scratch.ts'

const AT = Date.UTC(2030, 4, 6, 7, 8, 9)
const named = (name: string, type = '') => attachmentName(name, type, AT, '0123abcd')

test('a file gets a name of ours, whatever its device calls it', () => {
  expect(named('Screenshot 1.PNG')).toBe('20300506-070809-0123abcd.png')
  expect(named('', 'image/jpeg; x=y')).toBe('20300506-070809-0123abcd.jpg')
  expect(named('archive.tar.gz')).toBe('20300506-070809-0123abcd.gz')
  const hostile = [
    '../../.ssh/authorized_keys',
    '/etc/passwd',
    'a.png\u0000.sh',
    "x.png'; rm -rf ~; '",
    '$(reboot).png ',
    '.\u202egnp.exe.',
    'name.averylongending',
    'line\nbreak.p\nng',
    `${'x'.repeat(5_000)}.`,
    '.bashrc',
    '',
  ]
  for (const name of hostile) {
    expect(named(name), JSON.stringify(name)).toMatch(/^20300506-070809-0123abcd\.[a-z0-9]{1,8}$/)
    expect(attachmentTime(named(name))).toBe(AT)
    expect(attachmentTime(name)).toBeUndefined()
  }
})

function bodyOf(...pieces: string[]): ReadableStream<Uint8Array> {
  return new Blob(pieces).stream()
}

async function open(bounds: Partial<AttachmentBounds> = {}) {
  const scratch = await scratchFolder()
  const life = new AbortController()
  const folder = join(scratch.path, 'attachments')
  let now = AT
  const start = () =>
    new Attachments({
      ...{ folder, bounds, log: listeningLog().log, signal: life.signal },
      now: () => now,
    })
  return {
    folder,
    start,
    pass: (ms: number) => {
      now += ms
    },
    names: () => readdirSync(folder).sort(),
    async [Symbol.asyncDispose]() {
      life.abort()
      await scratch[Symbol.asyncDispose]()
    },
  }
}

const text = (body: ReadableStream<Uint8Array>) => ({
  ...{ name: 'notes.txt', type: 'text/plain', announced: undefined, body },
})

test('the oldest files go when there are too many, too much or too old', async () => {
  await using place = await open({ count: 3, bytes: 1_000, ageMs: 60_000 })
  const attachments = place.start()
  for (const size of [10, 10, 10, 10]) {
    await attachments.keep(text(bodyOf('x'.repeat(size))))
    place.pass(1_000)
  }
  expect(place.names()).toHaveLength(3)
  const { path } = await attachments.keep(text(bodyOf('y'.repeat(985))))
  expect(place.names()).toHaveLength(2)
  place.pass(59_500)
  await attachments.keep(text(bodyOf('z')))
  expect(place.names()).toHaveLength(2)
  expect(existsSync(path)).toBe(true)
})

test('a start removes what arrived in part, and nothing that is not ours', async () => {
  await using place = await open()
  await mkdir(place.folder)
  const half = join(place.folder, `${named('a.png')}.part`)
  for (const file of [half, join(place.folder, 'somebody.part'), join(place.folder, 'own.png')]) {
    writeFileSync(file, 'x')
  }
  place.start()
  await expect.poll(() => place.names()).toEqual(['own.png', 'somebody.part'])
})

test('a file whose sender falls silent or breaks off is not kept', async () => {
  await using hasty = await open({ silenceMs: 500 })
  const silent = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode('first')),
  })
  await expect(hasty.start().keep(text(silent))).rejects.toThrow('did not arrive whole')
  expect(hasty.names()).toEqual([])
  await using place = await open()
  const attachments = place.start()
  const broken = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('first'))
      controller.error(new Error('reset'))
    },
  })
  await expect(attachments.keep(text(broken))).rejects.toThrow('did not arrive whole')
  await expect(attachments.keep(text(bodyOf()))).rejects.toThrow('empty')
  await expect(attachments.keep({ ...text(bodyOf()), body: null })).rejects.toThrow('empty')
  expect(place.names()).toEqual([])
  const { path } = await attachments.keep(text(bodyOf('whole')))
  expect(readFileSync(path, 'utf8')).toBe('whole')
})

test('four files arrive at a time; a fifth is told to wait', async () => {
  await using place = await open()
  const attachments = place.start()
  const finish: (() => void)[] = []
  const slow = () =>
    new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('x'))
        finish.push(() => controller.close())
      },
    })
  const arriving = [1, 2, 3, 4].map(() => attachments.keep(text(slow())))
  await expect(attachments.keep(text(slow()))).rejects.toThrow('Other files are being sent')
  for (const end of finish) end()
  expect(await Promise.all(arriving)).toHaveLength(4)
})
