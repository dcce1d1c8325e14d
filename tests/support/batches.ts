import { expect } from 'playwright/test'
import type { FeedFrame } from '../../server/protocol.ts'
import type { Server } from './server.ts'

/** Name and label of each session that is there and was started in a batch, as a new page is told. */
export async function batchLabels(server: Server, token: string): Promise<[string, string][]> {
  const frames: FeedFrame[] = []
  const socket = await server.ws('/ws/feed', token, (data) => frames.push(JSON.parse(`${data}`)))
  await expect.poll(() => frames.map(({ type }) => type)).toContain('hello')
  socket.close()
  const hello = frames.find((frame) => frame.type === 'hello')
  const { sessions = [], batches = {} } = hello ?? {}
  return sessions
    .flatMap(({ id, name }): [string, string][] => {
      const label = batches[id]
      return label === undefined ? [] : [[name, label]]
    })
    .sort()
}
