import type { SessionView, TmuxServerView } from '../protocol.ts'

/** Where a laptop finds this machine, from sshd's `SSH_CONNECTION` ("client port server port"). */
export interface SshPlace {
  user: string
  host: string
  port: number
}

/** Reads `SSH_CONNECTION`; `undefined` where we were not started under SSH. */
export function sshPlace(connection: string | undefined, user: string): SshPlace | undefined {
  const [, , host, port] = connection?.split(' ') ?? []
  return host && Number(port) ? { user, host, port: Number(port) } : undefined
}

/** The one-use link. The ticket is in the fragment, which no browser sends and no server logs. */
export function pairUrl(port: number, ticket: string): string {
  return `http://127.0.0.1:${port}/#k=${ticket}`
}

/** What a person types for one more link of this server. */
export function anotherLink(config: {
  program: string
  dataDir: string
  ownDataDir: boolean
}): string {
  const { program, dataDir, ownDataDir } = config
  return `${program} url${ownDataDir ? ` --data-dir ${quote(dataDir)}` : ''}`
}

/** The same link where a proxy serves us by https under this name. */
export function proxiedUrl(host: string, ticket: string): string {
  return `https://${host}/#k=${ticket}`
}

/** What the first seconds need: the link, the way from a laptop, and what was found in tmux. */
export function welcomeText(facts: {
  /** What a person types for one more link. */
  another: string
  url: string
  /** The same link under the names that a proxy serves. */
  proxied: readonly string[]
  port: number
  socket: string
  ssh: SshPlace | undefined
  /** Name of the machine, where SSH does not say how it is reached. */
  host: string
  user: string
  servers: readonly TmuxServerView[]
  sessions: readonly SessionView[]
}): string {
  const open = [
    `Open   ${facts.url}   (one use, 10 minutes)`,
    ...facts.proxied.map((url) => `  or   ${url}`),
    `Again  ${facts.another}   (another link, one for each device)`,
  ]
  const laptop = laptopLines(facts)
  const places = facts.ssh
    ? ['On your laptop run one of', ...laptop, 'and then there', ...open]
    : [...open, 'From a laptop, run one of these there and open the same link:', ...laptop]
  return [...places, '', ...facts.servers.map((server) => tmuxLine(server, facts.sessions))].join(
    '\n',
  )
}

/** Both forms, always with 127.0.0.1: under "localhost" ssh may meet a stranger on ::1. */
function laptopLines(facts: Parameters<typeof welcomeText>[0]): string[] {
  const { port, socket, ssh } = facts
  const target = `${ssh?.port && ssh.port !== 22 ? `-p ${ssh.port} ` : ''}${ssh?.user ?? facts.user}@${ssh?.host ?? facts.host}`
  return [
    `       ssh -N -L ${port}:${quote(socket)} ${target}`,
    `       ssh -N -L ${port}:127.0.0.1:${port} ${target}`,
  ]
}

function tmuxLine(server: TmuxServerView, all: readonly SessionView[]): string {
  const sessions = all.filter((session) => session.server === server.id).length
  const name = `tmux${server.version ? ` ${server.version}` : ''}`
  const at = server.label === 'default' ? '' : ` at ${server.socketPath}`
  const count = `${sessions} ${sessions === 1 ? 'session' : 'sessions'}`
  switch (server.state) {
    case 'connected':
      return `Found ${name}${at}, ${count}.`
    case 'no-sessions':
      return `Found ${name}${at}, without sessions yet.`
    case 'no-server':
      return `No tmux server is running${at}: start a session, and it shows up by itself.`
    case 'missing':
      return 'tmux is not installed: install it (3.2 or newer), and it is found by itself.'
    case 'too-old':
      return `${name}${at} is too old: dogwatch needs 3.2 or newer.`
    case 'unresponsive':
      return `${name}${at} does not answer at the moment; dogwatch keeps trying.`
    default:
      return server.state satisfies never
  }
}

function quote(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`
}
