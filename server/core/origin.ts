import { Failure } from './failure.ts'

/** The parts of a request that say where it comes from and where it wants to go. */
export interface RequestLine {
  method: string
  /** The request target as it was sent. */
  target: string
  /** Names and values in turn, as Node keeps them: here a header sent twice is seen twice. */
  rawHeaders: readonly string[]
}

/** Names we answer to. Lower case, without port, IPv6 in brackets. */
export interface HostPolicy {
  /** Served by ourselves: the page's origin is http. */
  plain: ReadonlySet<string>
  /** Served through a proxy that speaks https. */
  proxied: ReadonlySet<string>
}

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'])

/** A fragment, or a dot segment in any spelling that URL parsers resolve: no browser sends either. */
const NOT_PLAIN = /#|^[^?]*[/\\](?:\.|%2e){1,2}(?:[/\\?]|$)/i

/** The policy of a start: loopback names, one more address we listen on, and `--allow-host`. */
export function hostPolicy(allowHosts: readonly string[], listen?: string): HostPolicy {
  const plain = new Set(['localhost', '127.0.0.1', '[::1]'])
  if (listen) plain.add(listen.includes(':') ? `[${listen.toLowerCase()}]` : listen)
  return { plain, proxied: new Set(allowHosts) }
}

/**
 * What is wrong with a request before anyone looks at its path: the first layers of the gate, for
 * plain requests and upgrades alike. `undefined`: nothing.
 *
 *  - Host is exactly one of our names. A page that rebinds its own name to 127.0.0.1 arrives with
 *    that name, so this and not the address is what tells it apart. Any port is right: an
 *    `ssh -L` forward has another one at its other end.
 *  - Origin, where a browser sends one, is the page we served, to the port: a dev server on another
 *    port of localhost is a stranger. Programs that are no browser send none.
 *  - Sec-Fetch-Site says the same where Origin is not sent (navigation, images, scripts).
 *
 * `X-Forwarded-*` and their like are never read: any local process can send them.
 */
export function judgeRequest(request: RequestLine, policy: HostPolicy): Failure | undefined {
  if (!METHODS.has(request.method)) {
    return new Failure('bad-request', `The method ${request.method} is not used here.`)
  }
  if (!request.target.startsWith('/') || NOT_PLAIN.test(request.target)) {
    return new Failure('bad-request', 'The request target must be a plain path.')
  }
  const hosts = valuesOf(request, 'host')
  const [host = ''] = hosts
  const origin = hosts.length === 1 ? originOf(host.toLowerCase(), policy) : undefined
  if (!origin) {
    return new Failure(
      'misdirected',
      hosts.length === 1
        ? `dogwatch does not answer to the name "${host}". If a proxy of yours serves it under that ` +
            `name, start it with --allow-host ${hostName(host)}.`
        : 'A request must carry exactly one Host header.',
    )
  }
  const origins = valuesOf(request, 'origin')
  if (origins.length > 1 || origins.some((value) => value !== origin)) {
    return new Failure('forbidden', 'This page is not part of dogwatch, so it may not use it.')
  }
  const sites = valuesOf(request, 'sec-fetch-site')
  if (sites.some((site) => site !== 'same-origin' && site !== 'none')) {
    return new Failure(
      'forbidden',
      'Another page asked for this. Open dogwatch from the address bar: press Enter there.',
    )
  }
  return undefined
}

/** The origin a page of ours has under this Host value; `undefined` where it is no name of ours. */
function originOf(host: string, policy: HostPolicy): string | undefined {
  const match = /^(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::\d{1,5})?$/.exec(host)
  const name = match?.[1] ?? ''
  if (policy.plain.has(name)) return `http://${host}`
  if (policy.proxied.has(name)) return `https://${host}`
  return undefined
}

function hostName(host: string): string {
  return host.replace(/:\d*$/, '').slice(0, 253)
}

function valuesOf({ rawHeaders }: RequestLine, name: string): string[] {
  return rawHeaders.filter(
    (_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name,
  )
}
