import { once } from 'node:events'
import { expect, test } from 'playwright/test'
import { WebSocket } from 'ws'
import type {
  AttentionResponse,
  SessionsResponse,
  WsTicketResponse,
} from '../../server/protocol.ts'
import { FakeAgent } from '../support/fake-agent.ts'
import { startPushService } from '../support/push-service.ts'
import { openPushStage } from '../support/push-stage.ts'
import { startTmux } from '../support/tmux.ts'

/** Nobody gave it out. */
const TOKEN = `ghp_${'q7W2'.repeat(9)}`

/** A real agent's dialogs in a real tmux, watched by a server whose notices go to `service`. */
async function scene(times: { afterMs: number; gapMs: number }) {
  const tmux = await startTmux()
  await tmux.newSession({ name: 'plain' })
  const service = await startPushService()
  const stage = await openPushStage(service, { times }, ['--tmux-socket', tmux.socketPath])
  const { api, token, here, browser } = stage
  await stage.switchOn()
  return {
    ...{ tmux, service, stage, api },
    messages: () => service.pushed.map((pushed) => browser.read(pushed)),
    needs: async () =>
      (await api.get<AttentionResponse>('/api/attention')).json.items.map(({ reason }) => reason),
    /** An agent whose first picture is this dialog: another one after it would be told as well. */
    async agent(name: string, screen: string, edit = (rows: string) => rows) {
      const fake = new FakeAgent(tmux, 'claude', name)
      fake.show(screen)
      fake.change(edit)
      await fake.start()
      return fake
    },
    session: async (name: string) =>
      (await api.get<SessionsResponse>('/api/sessions')).json.sessions.find(
        (session) => session.name === name,
      )?.id,
    /** A page on the feed that says what each ping is to say. */
    async page() {
      const { ticket } = (await here.api(token).post<WsTicketResponse>('/api/ws-ticket')).json
      const protocols = ['dogwatch.v1', `ticket.${ticket}`]
      const url = `ws://127.0.0.1:${here.port}/ws/feed`
      const socket = new WebSocket(url, protocols, { origin: here.url })
      let ponged = 0
      socket.on('message', (data) => {
        const frame = JSON.parse(`${data}`)
        if (frame.type === 'pong') ponged = frame.at
      })
      await once(socket, 'open')
      let pings = 0
      return {
        ping(looks: boolean): number {
          pings += 1
          socket.send(JSON.stringify({ type: 'ping', at: pings, looks }))
          return pings
        },
        pong: (ping: number) => expect.poll(() => ponged).toBe(ping),
      }
    },
    async [Symbol.asyncDispose]() {
      await stage[Symbol.asyncDispose]()
      await service[Symbol.asyncDispose]()
      await tmux[Symbol.asyncDispose]()
    },
  }
}

test('a permission that nobody looks at is pushed once, without secrets, and leads to its answer', async () => {
  await using one = await scene({ afterMs: 300, gapMs: 0 })
  const fake = await one.agent(TOKEN, '03-permission-bash', (shown) =>
    shown.replaceAll(/npm|mkdir|touch|rm/g, (word) => `${word} ${TOKEN}`),
  )
  await expect.poll(one.messages).toHaveLength(1)
  const [message] = one.messages()
  const [session] = (await one.api.get<SessionsResponse>('/api/sessions')).json.sessions.filter(
    ({ name }) => name !== 'plain',
  )
  expect(message?.title).toMatch(/\[redacted:.*: permission$/)
  expect(message?.path).toBe(`/s/${session?.id}`)
  expect(JSON.stringify(message)).not.toContain(TOKEN.slice(0, 14))
  expect(`${message?.title}${message?.body}`.length).toBeLessThanOrEqual(100)
  // Nothing was answered for anybody, and what is told is not told again.
  expect(await one.needs()).toEqual(['permission'])
  expect(fake.typed()).toBe('')
  expect(one.stage.words.join('\n')).not.toContain(TOKEN)
  await one.agent('second', '03-permission-bash')
  await expect.poll(one.messages).toHaveLength(2)
  expect(one.messages()[1]).toMatchObject({
    title: 'second: permission',
    path: `/s/${await one.session('second')}`,
  })
})

test('while somebody looks at a page nothing is pushed, and afterwards again', async () => {
  await using one = await scene({ afterMs: 300, gapMs: 0 })
  const page = await one.page()
  const looking = setInterval(() => page.ping(true), 100)
  await one.agent('seen', '03-permission-bash')
  await expect.poll(one.needs).toEqual(['permission'])
  // It would have been due by the time that the next one is known.
  await one.agent('also', '03-permission-bash')
  await expect.poll(one.needs).toEqual(['permission', 'permission'])
  clearInterval(looking)
  await page.pong(page.ping(false))
  await one.agent('later', '03-permission-bash')
  await expect.poll(one.messages).not.toEqual([])
  expect(one.messages().map(({ title }) => title)).toEqual(['later: permission'])
})
