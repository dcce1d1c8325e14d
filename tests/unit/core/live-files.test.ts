import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'playwright/test'
import { LiveFiles } from '../../../server/core/live-files.ts'
import { FolderWatches } from '../../../server/lib/folder-watches.ts'
import { scratchFolder } from '../../support/scratch.ts'

test('looks at the files of an agent that come together follow one another', async () => {
  await using folder = await scratchFolder()
  const path = join(folder.path, 'state')
  const end = new AbortController()
  const files = new LiveFiles([path], {
    watches: new FolderWatches(),
    changed: () => {},
    signal: end.signal,
  })
  try {
    await writeFile(path, 'busy')
    expect(await Promise.all([files.look(), files.look()])).toEqual([
      [{ text: 'busy', isNew: true }],
      [{ text: 'busy', isNew: false }],
    ])
  } finally {
    end.abort()
  }
})
