import { expect, type Page, test } from 'playwright/test'
import type { RecoveryResponse } from '../../server/protocol.ts'
import { beginTurn, loseTmux, startTwo } from '../support/lost-story.ts'
import { axeViolations, openApp, pressOf, row } from '../support/page.ts'
import { CONVERSATIONS } from '../support/resumable-agent.ts'
import { startServer } from '../support/server.ts'
import { startTmux } from '../support/tmux.ts'

const [FIRST] = CONVERSATIONS
const agents = (page: Page) => page.locator('.lost-agent')
const step = (page: Page, name: string) => agents(page).filter({ hasText: name }).locator('.step')

test('tmux dies: the list says it, the page shows what ran where, and one press brings all back', async ({
  page,
}) => {
  await using tmux = await startTmux()
  await using server = await startTwo(tmux)
  const { problems } = await openApp(page, server)
  await expect(row(page, 'one')).toBeVisible()
  await expect(page.getByTestId('recovery-banner')).toHaveCount(0)
  await beginTurn(tmux, server)
  await loseTmux(tmux, server)

  const banner = page.getByTestId('recovery-banner')
  await expect(banner).toContainText('2 sessions and 2 agents ended with tmux or the machine.')
  await banner.getByRole('link', { name: 'Bring back' }).click()
  await expect(page).toHaveURL(/\/recovery$/)
  await expect(page.locator('.lost-session b')).toHaveText(['one', 'two'])
  await expect(agents(page)).toHaveCount(2)
  await expect(page.locator('.resume-line').first()).toHaveText(`claude --resume ${FIRST}`)
  await page.getByText('What stood in it').first().click()
  await expect(page.locator('.lost-panes').first()).toContainText('work/one')
  await expect(agents(page).first()).toContainText('Turn 1 was cut off after')
  await page.getByText('Its last screen').first().click()
  await expect(page.locator('.lost-agent .still').first()).toContainText(`began ${FIRST}`)
  expect(await axeViolations(page)).toEqual([])

  await page.getByRole('button', { name: 'Rebuild and resume all' }).click()
  await expect(page.getByTestId('recovery-banner')).toHaveCount(0, { timeout: 30_000 })
  await expect(page.locator('.step')).toHaveText(['resumed', 'resumed'])
  await expect(page.getByText('All that can come back is back.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Rebuild and resume all' })).toHaveCount(0)
  await expect
    .poll(() => tmux.run('capture-pane', '-p', '-J', '-t', 'one'))
    .toContain(`resumed ${FIRST}`)
  expect(problems).toEqual([])
})

test('one agent is brought back by itself, another waits on the prompt, the rest is forgotten', async ({
  page,
}) => {
  await using tmux = await startTmux()
  await using server = await startTwo(tmux)
  await loseTmux(tmux, server)
  await openApp(page, server, { path: '/recovery' })
  await expect(agents(page)).toHaveCount(2)

  await page.getByRole('button', { name: 'Rebuild one' }).click()
  await expect(page.locator('.lost-session').first()).toContainText('is back')
  await expect(page.locator('.step[data-step=resumed]')).toHaveCount(1, { timeout: 30_000 })
  await expect(page.getByTestId('recovery-banner')).toContainText('1 session and 1 agent')
  expect(await axeViolations(page)).toEqual([])

  await page.getByRole('button', { name: /^Put the command of/ }).click()
  await expect(agents(page).last()).toContainText('The command is on the prompt', {
    timeout: 30_000,
  })
  expect(await tmux.run('capture-pane', '-p', '-J', '-t', 'two')).not.toContain('resumed')
  await agents(page).last().getByRole('link', { name: 'Open its terminal' }).click()
  await expect(page.locator('.slot:not(.hidden) .title')).toHaveText('two')
  await page.goBack()

  await page.getByRole('button', { name: 'Forget' }).click()
  const sure = page.getByRole('button', { name: 'Do not offer this again' })
  await expect(sure).toBeFocused()
  await sure.press('Enter')
  await expect(page.getByRole('heading', { name: 'Nothing is lost' })).toBeVisible()
})

test('an agent that ended is resumed from its own page, and its new terminal opens', async ({
  page,
}) => {
  await using tmux = await startTmux()
  await using server = await startTwo(tmux)
  await tmux.run('send-keys', '-t', 'one', 'C-c')
  await openApp(page, server)
  await page.locator('.row-main[href^="/a/"]').click()
  await expect(page.getByText('has ended.')).toBeVisible()
  expect(await axeViolations(page)).toEqual([])
  await page.getByRole('button', { name: 'Resume', exact: true }).click()
  await expect(page.locator('.slot:not(.hidden) .title')).toHaveText('one', { timeout: 30_000 })
  await expect(page.locator('.slot:not(.hidden) .xterm-rows')).toContainText(`resumed ${FIRST}`, {
    timeout: 30_000,
  })
})

/** One moment for all of it: how long a turn lasted is told from two times. */
const LAST_SEEN = Date.now() - 3_600_000

const LOST: RecoveryResponse = {
  lost: [
    {
      id: 'run',
      server: 's1',
      label: 'default',
      lastSeenAt: LAST_SEEN,
      restoredBy: 'resurrect',
      sessions: [
        { name: '<img src=x onerror=alert(1)>', isBack: true, windows: [] },
        {
          name: 'a name that is much too long for a phone, 日本語 and more of it',
          isBack: false,
          windows: [],
        },
      ],
    },
  ],
  agents: [
    {
      id: 'a1',
      lost: 'run',
      kind: 'claude',
      title: 'Fix the zebra',
      prompt: 'Please fix <b>it</b>',
      lastWords: 'I run the tests now.',
      session: 'one',
      window: 'editor',
      pane: 0,
      cwd: '/home/ada/src/zebra',
      hasFolder: true,
      turn: {
        generation: 3,
        startedAt: LAST_SEEN - 252_000,
        end: 'interrupted',
        tool: 'Bash npm test',
      },
      snapshot: '7',
      resume: ['claude', '--resume', "it's"],
      lastSeenAt: LAST_SEEN,
      state: {
        state: 'failed',
        detail: 'It was not seen within 60 s; look at what its pane says.',
      },
    },
    {
      id: 'a2',
      lost: 'run',
      kind: 'gemini',
      title: '',
      prompt: '',
      lastWords: '',
      session: 'two',
      window: '',
      pane: 0,
      cwd: '/gone',
      hasFolder: false,
      reason: 'Its folder /gone is gone.',
      lastSeenAt: LAST_SEEN,
      state: { state: 'waiting' },
    },
  ],
  guard: {
    state: 'at-risk',
    detail: 'tmux runs inside a login, and logind ends everything in it at the logout.',
    fix: ['loginctl enable-linger ada', 'systemd-run --user --scope tmux new-session -s main'],
  },
}

test('what was cut off, what cannot come back and what endangers tmux are told in words', async ({
  page,
}) => {
  await using server = await startServer()
  await page.route('**/api/recovery', (route) => route.fulfill({ json: LOST }))
  const { problems } = await openApp(page, server, { path: '/recovery' })
  const guard = page.getByTestId('guard')
  await expect(guard).toContainText('tmux would not outlive your logout')
  await expect(guard.getByRole('button', { name: 'Copy loginctl enable-linger ada' })).toBeVisible()
  await expect(page.getByText('tmux-resurrect is set up there')).toBeVisible()
  const cut = agents(page).first()
  await expect(cut).toContainText('Turn 3 was cut off after 4:12.')
  await expect(cut).toContainText('Bash npm test ran then; its outcome is unknown.')
  await expect(cut).toContainText('not seen within 60 s')
  await expect(cut.locator('.resume-line')).toHaveText("claude --resume 'it'\\''s'")
  await expect(step(page, 'Fix the zebra')).toHaveText('not resumed')
  await expect(agents(page).last()).toContainText('It cannot be resumed. Its folder /gone is gone.')
  await expect(page.locator('.page img')).toHaveCount(0)
  expect(await axeViolations(page)).toEqual([])
  await cut.getByText('Its last screen').click()
  await expect(cut).toContainText('This snapshot is not kept, or no longer.')
  expect(problems).toEqual([])
})

test('sessions that were lost without an agent are offered without a word about agents', async ({
  page,
}) => {
  await using server = await startServer()
  await page.route('**/api/recovery', (route) => route.fulfill({ json: { ...LOST, agents: [] } }))
  await openApp(page, server, { path: '/recovery' })
  const lost = page.getByRole('region', { name: 'tmux server default' })
  await expect(lost.getByText(/^Last seen/)).toHaveText('Last seen 1 h ago with 2 sessions.')
  await expect(lost.getByRole('button', { name: 'Rebuild all' })).toBeVisible()
  await expect(lost.getByRole('button', { name: /resume|prompt/ })).toHaveCount(0)
})

test('a device that may only look reads it all and brings nothing back; errors are tried again', async ({
  page,
}) => {
  await using server = await startServer()
  let isPressed = async () => false
  let arrived = false
  let answer = () => {}
  const answered = new Promise<void>((resolve) => {
    answer = resolve
  })
  await page.route('**/api/recovery', async (route) => {
    if (!(await isPressed())) return route.abort()
    arrived = true
    await answered
    await route.fulfill({ json: LOST })
  })
  await openApp(page, server, { path: '/recovery', scope: 'watch' })
  await expect(page.getByTestId('recovery-error')).toContainText('did not answer')
  expect(await axeViolations(page)).toEqual([])
  const again = page.getByRole('button', { name: 'Try again' })
  isPressed = await pressOf(again)
  await again.click()
  await expect.poll(() => arrived).toBe(true)
  // Nothing else comes under the pointer before there is an answer.
  await expect(again).toBeVisible()
  answer()
  await expect(agents(page)).toHaveCount(2)
  await expect(page.getByRole('button', { name: /Resume|Rebuild|Forget|prompt/ })).toHaveCount(0)
  await expect(page.getByText('This device may look.')).toBeVisible()
})
