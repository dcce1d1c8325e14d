import { existsSync, readFileSync } from 'node:fs'
import { expect, type Locator, type Page, test } from 'playwright/test'
import type { AgentsResponse, AgentView, TranscriptResponse } from '../../server/protocol.ts'
import { ClaudeTalk } from '../support/claude-talk.ts'
import { FakeAgent } from '../support/fake-agent.ts'
import { axeViolations, openApp, pressOf, row } from '../support/page.ts'
import { type Server, startServer } from '../support/server.ts'
import { startTmux, type Tmux } from '../support/tmux.ts'

let tmux: Tmux
let server: Server
let claude: FakeAgent
let talk: ClaudeTalk
let token = ''

test.beforeEach(async () => {
  tmux = await startTmux()
  server = await startServer({ tmux })
  token = await server.pair()
  claude = new FakeAgent(tmux, 'claude', 'work')
  await claude.start()
  talk = new ClaudeTalk(claude, Date.now() - 60_000)
})

test.afterEach(async () => {
  await server[Symbol.asyncDispose]()
  await tmux[Symbol.asyncDispose]()
})

/** Opens the conversation of the one session, as somebody who looks at its terminal does. */
async function openTalk(page: Page): Promise<{ problems: string[]; said: Locator }> {
  const { problems } = await openApp(page, server)
  await row(page, 'work').getByRole('link').click()
  await page.getByRole('link', { name: 'Conversation' }).click()
  return { problems, said: page.getByRole('region', { name: 'What was said' }) }
}

async function agent(): Promise<AgentView | undefined> {
  return (await server.api(token).get<AgentsResponse>('/api/agents')).json.agents[0]
}

const HOSTILE = `Before <script>window.hit = 1</script> <img src=x onerror="window.hit = 2">
<style>body { display: none }</style><form action="https://evil.example/"><input name=a></form>
<iframe src="https://evil.example/"></iframe><svg onload="window.hit = 3"></svg>

![pixel](https://evil.example/pixel.png) [press](javascript:window.hit=4) [data](data:text/html,x)
[page](https://example.com/a?b=c) <a href="https://evil.example/" onclick="window.hit=5">raw</a>

| a | b |
| - | - |
| \`Map<string, number>\` | one<br>two |

- [x] done
- [ ] open
`

test('what an agent writes is readable, and nothing of it acts or is fetched', async ({ page }) => {
  const elsewhere: string[] = []
  page.on('request', (request) => {
    if (!request.url().startsWith(server.url)) elsewhere.push(request.url())
  })
  talk.prompt('Now <img src=x onerror="window.hit = 6"> <b>please</b>').words(HOSTILE)
  talk.thinking('<script>window.hit = 7</script>')
  await talk.tell('idle')
  const { problems, said } = await openTalk(page)
  await expect(said.locator('.markdown table')).toBeVisible()
  await said.getByText('Thinking').click()
  // What looks like a tag is text.
  await expect(said.locator('.user')).toContainText('<b>please</b>')
  await expect(said.locator('.markdown').first()).toContainText('<script>window.hit = 1</script>')
  await expect(said.locator('code')).toHaveText('Map<string, number>')
  await expect(said.locator('li')).toHaveText(['☑ done', '☐ open'])
  const links = said.locator('.markdown a')
  await expect(links).toHaveText(['pixel', 'press', 'data', 'page'])
  const addresses = await links.evaluateAll((all) => all.map((link) => link.getAttribute('href')))
  const page1 = 'https://example.com/a?b=c'
  expect(addresses).toEqual(['https://evil.example/pixel.png', null, null, page1])
  await expect(links.last()).toHaveAttribute('rel', 'noopener noreferrer')
  await expect(links.last()).toHaveAttribute('title', page1)
  await expect(said.locator('script,img,style,form,input,iframe,svg:not(.lucide)')).toHaveCount(0)
  expect(await page.evaluate(() => 'hit' in window)).toBe(false)
  expect(elsewhere).toEqual([])
  expect(problems).toEqual([])
  expect(await axeViolations(page)).toEqual([])
})

const PATCH = {
  filePath: '/w/total.ts',
  structuredPatch: [
    { oldStart: 3, oldLines: 1, newStart: 3, newLines: 1, lines: ['-return 1', '+return 2'] },
  ],
}

test('tools are folded lines with output and diff behind them; a turn says what it took', async ({
  page,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  talk.prompt('Make it two')
  await talk.tell('busy')
  await expect.poll(async () => (await agent())?.turn).toBeDefined()
  talk.tool('Bash', { command: 'npm test' }, '\u001b[32m3 passed\u001b[0m\n\tin 2 s')
  talk.tool('Edit', { file_path: '/w/total.ts' }, 'ok', PATCH).words('It returns **two** now.')
  await talk.tell('idle')
  const { said } = await openTalk(page)
  const tools = said.locator('details.tool')
  await expect(tools).toHaveCount(2)
  await expect(tools.first().locator('summary')).toHaveText(/✓\s*Bash\s*npm test\s*done/)
  await expect(said.getByText('3 passed')).toHaveCount(0)
  await tools.first().locator('summary').click()
  // Colours of a terminal are no words.
  await expect(tools.first().locator('pre').last()).toHaveText('3 passed\n\tin 2 s')
  await tools.last().locator('summary').click()
  const lines = tools.last().locator('.diff-line')
  await expect(lines).toHaveText(['−return 1', '+return 2'])
  await expect(said.locator('.turn-line')).toHaveText(/^Done\s*\d+:\d\d/)
  await said.getByRole('button', { name: 'Copy this text' }).last().click()
  await expect(page.getByText('Text copied.')).toBeVisible()
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('It returns **two** now.')
  expect(await axeViolations(page)).toEqual([])
  const shots = process.env.DOGWATCH_SHOTS
  if (shots) await page.screenshot({ path: `${shots}/conversation.png` })
})

test('words appear while the agent works, what is unfolded stays, and a reader is not moved', async ({
  page,
}) => {
  talk.prompt('Count')
  talk.tool('Bash', { command: 'seq 5' }, 'one two three')
  for (let at = 0; at < 40; at += 1) talk.words(`Paragraph ${at}.\n\n${'words '.repeat(60)}`)
  await talk.tell('busy')
  const { said } = await openTalk(page)
  const end = () =>
    said.evaluate((element) => element.scrollHeight - element.scrollTop - element.clientHeight)
  await expect(said.getByText('Paragraph 39.')).toBeInViewport()
  talk.words(`The newest.\n\n${'words '.repeat(200)}`)
  await talk.tell('busy')
  await expect(said.getByText('The newest.')).toBeVisible()
  await expect.poll(end).toBeLessThan(2)

  // Now somebody reads at the top.
  const tool = said.locator('details.tool')
  await tool.scrollIntoViewIfNeeded()
  await tool.locator('summary').click()
  await expect(tool.locator('pre').last()).toBeVisible()
  const place = () => tool.locator('summary').evaluate((one) => one.getBoundingClientRect().top)
  const before = await place()
  await tool.locator('pre').last().selectText()
  talk.words('Said behind their back.')
  await talk.tell('busy')
  await expect(said.getByText('Said behind their back.')).toHaveCount(1)
  await expect.poll(async () => Math.abs((await place()) - before)).toBeLessThan(1)
  await expect(tool).toHaveAttribute('open')
  expect(await page.evaluate(() => `${getSelection()}`)).toBe('one two three')
  await page.getByRole('button', { name: 'Latest' }).click()
  await expect(said.getByText('Said behind their back.')).toBeInViewport()
})

test('the end is followed when more comes before the page has moved to it', async ({ page }) => {
  talk.prompt('Count')
  for (let at = 0; at < 40; at += 1) talk.words(`Paragraph ${at}.`)
  await talk.tell('idle')
  const { said } = await openTalk(page)
  await expect(said.getByText('Paragraph 39.')).toBeInViewport()
  await said.evaluate((element) => {
    const whole = element.querySelector('.talk-page')
    if (!whole) throw new Error('nothing was said')
    const grow = () => {
      const more = document.createElement('p')
      more.style.height = '400px'
      whole.append(more)
    }
    // It hears of the first growth after the page's own watch, which goes to the end, and before the
    // page hears that it has gone there.
    const watch = new ResizeObserver(() => {
      watch.disconnect()
      grow()
    })
    grow()
    watch.observe(whole)
  })
  await expect(said.locator('.talk-page > p')).toHaveCount(2)
  const end = () =>
    said.evaluate((element) => element.scrollHeight - element.scrollTop - element.clientHeight)
  await expect.poll(end).toBeLessThan(2)
  // Who goes up, however little, stays there.
  await said.evaluate((element) => element.scrollBy(0, -90))
  await expect(page.getByRole('button', { name: 'Latest' })).toBeVisible()
})

/** Has the page think that nobody sees it, or that somebody does again. */
async function hide(page: Page, isHidden: boolean): Promise<void> {
  await page.evaluate((hidden) => {
    Object.defineProperty(document, 'hidden', { configurable: true, value: hidden })
    document.dispatchEvent(new Event('visibilitychange'))
  }, isHidden)
}

test('what is said while the agent works is told alone, and not while nobody sees it', async ({
  page,
}) => {
  const answers: TranscriptResponse[] = []
  let asked = 0
  page.on('request', (request) => {
    if (request.url().includes('/transcript')) asked += 1
  })
  page.on('response', (response) => {
    if (!response.url().includes('/transcript')) return
    // One that the page gave up has no body; nothing of it is waited for.
    response.json().then(
      (answer) => answers.push(answer),
      () => undefined,
    )
  })
  const carrying = (words: string) =>
    answers.find(({ entries }) => entries.some(({ text }) => text === words))
  talk.prompt('Count')
  for (let at = 0; at < 40; at += 1) talk.words(`Number ${at}`)
  talk.tool('Bash', { command: 'sleep 9' })
  await talk.tell('busy')
  await page.clock.install()
  const { said } = await openTalk(page)
  await expect(said.getByText('Number 39')).toBeVisible()
  await expect(said.locator('.tool .status')).toHaveText('running')
  await expect.poll(() => answers.at(-1)).toMatchObject({ entries: [], changed: [] })

  // Its state stays what it was: nothing but the beat asks.
  talk.words('Said in between.').write()
  await expect(said.getByText('Said in between.')).toBeVisible()
  await expect.poll(() => carrying('Said in between.')?.entries).toHaveLength(1)

  await hide(page, true)
  const before = asked
  talk.words('Said to nobody.').write()
  await page.clock.runFor(5_000)
  expect(asked).toBe(before)
  await hide(page, false)
  await expect(said.getByText('Said to nobody.')).toBeVisible()

  // A call that was left open ends with the turn.
  await talk.tell('idle')
  await expect(said.locator('.tool .status')).toHaveText('unknown')
  await expect(said.locator('.said')).toHaveCount(44)
})

test('a transcript that is written anew, and our own restart, leave no gap and nothing twice', async ({
  page,
}) => {
  talk.prompt('Hello').words('Good day.').words('How are you?')
  await talk.tell('busy')
  const { said } = await openTalk(page)
  const told = said.locator('.said :is(.plain, .markdown)')
  await expect(told).toHaveText(['Hello', 'Good day.', 'How are you?'])
  await server.stop()
  talk.words('Said while you were away.').write()
  await server.start()
  await expect(told).toHaveText(['Hello', 'Good day.', 'How are you?', 'Said while you were away.'])
  await expect.poll(async () => (await agent())?.turn).toBeDefined()
  talk.forget().prompt('Anew').words('Something else.').write()
  await expect(told).toHaveText(['Anew', 'Something else.'])
  talk.words('And more.').write()
  await expect(told).toHaveText(['Anew', 'Something else.', 'And more.'])
})

test('prompts are jumped to by keys and buttons, older pages join without a jolt', async ({
  page,
}) => {
  for (let at = 0; at < 20; at += 1) {
    talk.prompt(`Prompt ${at}`)
    for (let more = 0; more < 4; more += 1)
      talk.words(`Answer ${at}.${more} ${'word '.repeat(300)}`)
  }
  await talk.tell('idle')
  const { said } = await openTalk(page)
  const prompt = (at: number) => said.getByText(`Prompt ${at}`, { exact: true })
  await expect(said.getByText(/Answer 19\.3/)).toBeInViewport()
  await page.keyboard.press('<')
  await expect(prompt(19)).toBeInViewport()
  await expect(said.locator('.said:focus')).toContainText('Prompt 19')
  await page.keyboard.press('<')
  await expect(said.locator('.said:focus')).toContainText('Prompt 18')
  await expect(prompt(18)).toBeInViewport()
  await page.getByRole('button', { name: 'Next prompt' }).click()
  await expect(said.locator('.said:focus')).toContainText('Prompt 19')
  // Pressed at once, while what is drawn above still moves the prompt that was gone to.
  const next = page.getByRole('button', { name: 'Next prompt' })
  await next.evaluate((button: HTMLElement) => {
    document.querySelector<HTMLElement>('[aria-label="Previous prompt"]')?.click()
    button.focus()
    document.querySelector('.talk')?.scrollBy(0, -100)
    button.click()
  })
  await expect(said.locator('.said:focus')).toContainText('Prompt 19')
  expect(await axeViolations(page)).toEqual([])

  const older = page.getByRole('button', { name: 'Show what was said before' })
  await said.evaluate((element) => element.scrollTo(0, 0))
  await older.scrollIntoViewIfNeeded()
  const first = said.locator('.said').first()
  const id = await first.getAttribute('id')
  const held = page.locator(`[id="${id}"]`)
  const top = () => held.evaluate((one) => one.getBoundingClientRect().top)
  const before = await top()
  await older.click()
  await expect(prompt(0)).toHaveCount(1)
  await expect(older).toHaveCount(0)
  await expect.poll(async () => Math.abs((await top()) - before)).toBeLessThan(2)
})

test('an address leads to an entry however far back', async ({ page }) => {
  test.slow()
  for (let at = 0; at < 200; at += 1) {
    talk.prompt(`Prompt ${at}`)
    for (let more = 0; more < 9; more += 1) talk.words(`Answer ${at}.${more} ${'word '.repeat(40)}`)
  }
  await talk.tell('idle')
  await expect.poll(async () => (await agent())?.conversation).toBeDefined()
  const id = (await agent())?.id
  const api = server.api(token)
  const read = (query: string) =>
    api
      .get<{ entries: { id: string; text: string }[]; before?: string }>(
        `/api/agents/${id}/transcript?limit=200${query}`,
      )
      .then(({ json }) => json)
  await expect.poll(async () => (await read('')).entries.length).toBe(200)
  let part = await read('')
  while (part.before) part = await read(`&before=${part.before}`)
  const wanted = part.entries.find(({ text }) => text.startsWith('Answer 7.4'))
  const path = `/a/${id}/conversation#${wanted?.id}`
  await openApp(page, server)
  await page.evaluate((to) => history.pushState(null, '', to), path)
  await page.evaluate(() => dispatchEvent(new PopStateEvent('popstate')))
  const said = page.getByRole('region', { name: 'What was said' })
  await expect(said.locator('.said:focus')).toContainText('Answer 7.4', { timeout: 30_000 })
  await expect(said.getByText('Answer 7.4')).toBeInViewport()
  await expect(said.locator('.said')).toHaveCount(2_000)
})

test('an address that leads nowhere in the conversation says so', async ({ page }) => {
  talk.prompt('Hello').words('Good day.')
  await talk.tell('idle')
  await expect.poll(async () => (await agent())?.conversation).toBeDefined()
  const path = `/a/${(await agent())?.id}/conversation#nowhere`
  await openApp(page, server)
  await page.evaluate((to) => history.pushState(null, '', to), path)
  await page.evaluate(() => dispatchEvent(new PopStateEvent('popstate')))
  await expect(page.getByText('That place is not in this conversation any more')).toBeVisible()
  expect(await axeViolations(page)).toEqual([])
})

test('a prompt goes from below the conversation with its receipt, and stands in it', async ({
  page,
}) => {
  talk.prompt('Hello').words('Good day.')
  claude.show('06-idle-after-turn')
  await talk.tell('idle')
  const { said } = await openTalk(page)
  await expect(said.getByText('Good day.')).toBeVisible()
  await page.getByRole('textbox', { name: 'Message to the program' }).fill('And now this')
  await page.getByRole('button', { name: 'Send' }).click()
  await expect.poll(() => claude.typed()).toContain('And now this')
  await expect(page.locator('#composer-note')).not.toBeEmpty()
  talk.prompt('And now this')
  await talk.tell('busy')
  await expect(said.locator('.user')).toHaveText([/Hello/, /And now this/])
})

test('below a conversation one speaks to its agent, whichever pane the terminal shows', async ({
  page,
}) => {
  talk.prompt('Hello').words('Good day.')
  claude.show('06-idle-after-turn')
  await talk.tell('idle')
  const other = `${tmux.dir}/other`
  await tmux.run('new-window', '-t', 'work:', `exec cat > '${other}'`)
  await expect.poll(() => existsSync(other)).toBe(true)
  const { said } = await openTalk(page)
  await expect(said.getByText('Good day.')).toBeVisible()
  await page.getByRole('textbox', { name: 'Message to the program' }).fill('For the agent')
  await page.getByRole('button', { name: 'Send' }).click()
  await expect.poll(() => claude.typed()).toContain('For the agent')
  expect(readFileSync(other, 'utf8')).toBe('')
})

test('none, unreadable and failing conversations say so, and what was read stays', async ({
  page,
}) => {
  await claude.writeLive('idle')
  const { said } = await openTalk(page)
  await expect(said.getByRole('heading')).toHaveText('No transcript was found')
  expect(await axeViolations(page)).toEqual([])
  talk.prompt('Remember me').words('I shall.')
  await talk.tell('busy')
  await expect(said.getByText('I shall.')).toBeVisible()
  const error = { code: 'busy', message: 'Too much at once. Try again in a moment.' }
  let isPressed = async () => false
  await page.route('**/transcript**', async (route) => {
    if (await isPressed()) await route.continue()
    else await route.fulfill({ status: 503, json: { error } })
  })
  await talk.tell('idle')
  await expect(page.getByText('What is newest could not be read: Too much at once.')).toBeVisible()
  await expect(said.getByText('I shall.')).toBeVisible()
  expect(await axeViolations(page)).toEqual([])
  const again = page.getByRole('button', { name: 'Try again' })
  isPressed = await pressOf(again)
  await again.click()
  await expect(page.getByText('What is newest could not be read')).toHaveCount(0)
})

test('whoever reads goes on reading when the agent ends, and finds it again later', async ({
  page,
}) => {
  talk.prompt('Remember me').words('I shall.')
  await talk.tell('busy')
  const { said } = await openTalk(page)
  await expect(said.getByText('I shall.')).toBeVisible()
  process.kill(await claude.pid(), 'SIGKILL')
  await expect(page.locator('.slot .head .chip.ended')).toBeVisible()
  await expect(said.getByText('I shall.')).toBeVisible()
  await row(page, 'work').locator('a[href^="/a/"]').click()
  await page.getByRole('link', { name: 'Conversation' }).click()
  await expect(said.getByText('I shall.')).toBeVisible()
  await expect(page.getByRole('textbox', { name: 'Message to the program' })).toHaveCount(0)
  expect(await axeViolations(page)).toEqual([])
})
