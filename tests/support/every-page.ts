import { expect, type Page } from 'playwright/test'
import { ClaudeTalk } from './claude-talk.ts'
import { axeViolations, expectLive, openApp } from './page.ts'
import { Repository } from './repository.ts'
import { WorkingAgent } from './working-agent.ts'

/** A machine on which every page has something to show, and the addresses of those pages. */
export class EveryPage {
  private constructor(
    readonly working: WorkingAgent,
    readonly repository: Repository,
    /** By what stands there: the address, and words that are seen once it is all there. */
    readonly places: Readonly<Record<string, [address: string, words: RegExp]>>,
  ) {}

  static async start(): Promise<EveryPage> {
    const repository = await Repository.open()
    await repository.write('total.ts', 'one\ntwo\n')
    await repository.commit()
    await repository.write('total.ts', 'one\nTWO\n')
    const working = await WorkingAgent.start({}, { cwd: repository.path })
    await working.tmux.newSession({ name: 'plain', command: 'exec cat' })
    const talk = new ClaudeTalk(working.claude, Date.now() - 60_000)
    talk.prompt('Please sum up').tool('Bash', { command: 'npm test' }, 'ok').words('It **works**.')
    talk.write()
    await working.begin(talk.conversation)
    await working.print('a needle in the hay\r\nthe end', 'the end')
    await working.end(talk.conversation)
    const { id, session } = await working.memory.agent()
    return new EveryPage(working, repository, {
      list: ['/', /work/],
      sessions: ['/sessions', /work/],
      wall: ['/wall', /the end/],
      search: ['/search', /Search everything/],
      'what was found': ['/search?q=needle', /a needle in the hay/],
      'nothing found': ['/search?q=nowhere+at+all', /Nothing found/],
      recovery: ['/recovery', /Nothing is lost/],
      settings: ['/settings', /This device/],
      terminal: [`/s/${session}`, /the end/],
      conversation: [`/s/${session}/conversation`, /It works\./],
      timeline: [`/s/${session}/timeline`, /the end/],
      changes: [`/s/${session}/changes`, /TWO/],
      'an agent by itself': [`/a/${id}/timeline`, /the end/],
      'an agent that nobody knows': ['/a/nobody/timeline', /not known|forgotten|no longer/i],
    })
  }

  /** Opens each page and checks it with `look`; axe looks at it as well. */
  async each(page: Page, look: (name: string) => Promise<void>): Promise<string[]> {
    const { problems } = await openApp(page, this.working.server)
    for (const [name, [address, words]] of Object.entries(this.places)) {
      await page.goto(`${this.working.server.url}${address}`)
      await expectLive(page)
      await expect(page.locator('body'), name).toContainText(words, { timeout: 30_000 })
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        expect.soft(await axeViolations(page), `${name}, ${colorScheme}`).toEqual([])
      }
      await look(name)
    }
    return problems
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.working[Symbol.asyncDispose]()
    await this.repository[Symbol.asyncDispose]()
  }
}
