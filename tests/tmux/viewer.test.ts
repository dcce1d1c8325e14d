import { expect, test } from 'playwright/test'
import { startBed } from '../support/terminal.ts'
import { startTmux } from '../support/tmux.ts'

test('a viewer shows what the pane shows and follows it', async () => {
  await using tmux = await startTmux()
  const id = await tmux.newSession({
    cols: 100,
    rows: 30,
    command: 'printf "hello 日本\\n"; exec cat',
  })
  await using bed = await startBed(tmux)
  const page = await bed.open()
  expect(page.last('ready')).toMatchObject({ cols: 100, rows: 31, mode: 'client', readOnly: false })
  await expect.poll(() => page.text()).toContain('hello 日本')
  page.type('typed\r')
  await expect.poll(() => page.rows().filter((row) => row === 'typed')).toHaveLength(2)
  await tmux.run('split-window', '-h', '-t', `${id}:`)
  await expect.poll(() => page.last('showing')?.pane).toBeDefined()
})
