import { execFile } from 'node:child_process'
import { cp, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'playwright/test'
import type { AgentsResponse, FeedFrame } from '../../server/protocol.ts'
import { FakeAgent } from '../support/fake-agent.ts'
import { scratchFolder } from '../support/scratch.ts'
import { startServer } from '../support/server.ts'
import { ROOT } from '../support/sources.ts'
import { startTmux } from '../support/tmux.ts'

const run = promisify(execFile)

/** What a build and the tests of recorded screens need. */
const NEEDED = ['server', 'db', 'tests', 'tsconfig.json', 'package.json']

test('a sixth kind is one file, one line and one folder: the diff that CONTRIBUTING.md shows', async () => {
  test.setTimeout(300_000)
  await using copy = await scratchFolder()
  const cwd = copy.path
  for (const name of NEEDED) await cp(join(ROOT, name), join(cwd, name), { recursive: true })
  await symlink(join(ROOT, 'node_modules'), join(cwd, 'node_modules'))
  const guide = await readFile(join(ROOT, 'CONTRIBUTING.md'), 'utf8')
  const diff = /^```diff\n(.*?)^```$/ms.exec(guide)?.[1] ?? ''
  await writeFile(join(cwd, 'kind.diff'), diff)

  const { stdout: counts } = await run('git', ['apply', '--numstat', 'kind.diff'], { cwd })
  const paths = counts
    .trim()
    .split('\n')
    .map((line) => line.split('\t'))
  expect(paths.filter(([, , path]) => !path?.startsWith('tests/fixtures/aider/'))).toEqual([
    [expect.any(String), '0', 'server/agents/aider.ts'],
    ['1', '0', 'server/agents/kinds.ts'],
  ])
  await run('git', ['apply', 'kind.diff'], { cwd })

  const { execPath } = process
  await run(execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json'], { cwd })
  await cp(join(cwd, 'db', 'migrations'), join(cwd, 'dist', 'db', 'migrations'), {
    recursive: true,
  })
  const tests = ['test', '-c', 'tests/playwright.config.ts', '--project=unit', '-g', 'aider']
  const { TEST_WORKER_INDEX: _, ...env } = process.env
  const tried = await run(execPath, ['node_modules/playwright/cli.js', ...tests, 'screens'], {
    ...{ cwd, env },
  })
  expect(tried.stdout).toContain('3 passed')

  await using tmux = await startTmux()
  const agent = new FakeAgent(tmux, 'aider', 'work')
  await agent.start()
  agent.print('Aider v0.86.1\r\ntouch note.txt\r\nRun shell command? (Y)es/(N)o [Yes]: ')
  await using server = await startServer({ tmux, main: join(cwd, 'dist', 'server', 'main.js') })
  const token = await server.pair()
  const frames: FeedFrame[] = []
  await server.ws('/ws/feed', token, (data) => frames.push(JSON.parse(`${data}`)))
  const agents = async () =>
    (await server.api(token).get<AgentsResponse>('/api/agents')).json.agents
  await expect
    .poll(async () => (await agents()).map(({ kind, ask }) => [kind, ask?.kind, ask?.text]))
    .toEqual([['aider', 'permission', 'Run shell command? touch note.txt']])
  const names = () => frames.map((frame) => (frame.type === 'hello' ? frame.kinds.aider : ''))
  await expect.poll(names).toContain('Aider')
})
