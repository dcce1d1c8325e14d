import { createDecipheriv, createECDH, hkdfSync, randomBytes } from 'node:crypto'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import type { PushMessage } from '../../server/protocol.ts'

/** One request that came to a push service. */
export interface Pushed {
  path: string
  headers: IncomingHttpHeaders
  body: Buffer
}

/** A push service on this machine, which answers as it is told. */
export interface PushService extends AsyncDisposable {
  origin: string
  /** All that came, in order. */
  pushed: Pushed[]
  /** From now on: a status, or no answer at all. */
  answer: { status: number; headers?: Record<string, string> } | 'nothing'
}

/** Starts a push service on 127.0.0.1 that takes everything (201). */
export async function startPushService(): Promise<PushService> {
  const server = createServer(async (request, response) => {
    const body = await buffer(request)
    service.pushed.push({ path: request.url ?? '', headers: request.headers, body })
    const { answer } = service
    if (answer !== 'nothing') response.writeHead(answer.status, answer.headers).end('an answer')
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  const service: PushService = {
    origin: `http://127.0.0.1:${port}`,
    pushed: [],
    answer: { status: 201 },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
  return service
}

/** What a browser has of its push service, and what it makes of a message. */
export class PushBrowser {
  readonly #curve = createECDH('prime256v1')
  readonly #auth = randomBytes(16)
  readonly endpoint: string

  constructor(endpoint: string) {
    this.endpoint = endpoint
    this.#curve.generateKeys()
  }

  get subscription() {
    const p256dh = this.#curve.getPublicKey('base64url')
    return { endpoint: this.endpoint, keys: { p256dh, auth: this.#auth.toString('base64url') } }
  }

  /** Decrypts a message in the one content coding of web push (RFC 8188 and 8291). */
  read({ body }: Pick<Pushed, 'body'>): PushMessage {
    const salt = body.subarray(0, 16)
    const keyLength = body.readUInt8(20)
    const theirs = body.subarray(21, 21 + keyLength)
    const sealed = body.subarray(21 + keyLength)
    const info = Buffer.concat([Buffer.from('WebPush: info\0'), this.#curve.getPublicKey(), theirs])
    const shared = this.#curve.computeSecret(theirs)
    const secret = Buffer.from(hkdfSync('sha256', shared, this.#auth, info, 32))
    const part = (name: string, length: number) =>
      Buffer.from(hkdfSync('sha256', secret, salt, Buffer.from(`${name}\0`), length))
    const key = part('Content-Encoding: aes128gcm', 16)
    const opener = createDecipheriv('aes-128-gcm', key, part('Content-Encoding: nonce', 12))
    opener.setAuthTag(sealed.subarray(-16))
    const opened = Buffer.concat([opener.update(sealed.subarray(0, -16)), opener.final()])
    // The last record ends with 2 and zeros.
    return JSON.parse(opened.subarray(0, opened.lastIndexOf(2)).toString())
  }
}
