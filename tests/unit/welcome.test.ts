import { expect, test } from 'playwright/test'
import { anotherLink, pairUrl, sshPlace, welcomeText } from '../../server/cli/welcome.ts'
import type { SessionView, TmuxServerView } from '../../server/protocol.ts'

const tmux: TmuxServerView = {
  id: 'one',
  label: 'default',
  socketPath: '/tmp/tmux-1000/default',
  state: 'connected',
  freshness: 'healthy',
  version: '3.3a',
  channel: 'control',
  outputSource: 'inotify',
  since: 0,
}

const session: SessionView = {
  id: 's',
  server: 'one',
  tmuxId: '$0',
  name: 'work',
  createdAt: 0,
  attached: 0,
  freshness: 'healthy',
  windows: [],
}

function say(change: Partial<Parameters<typeof welcomeText>[0]> = {}): string {
  return welcomeText({
    another: 'dogwatch url',
    url: pairUrl(4477, 'TICKET'),
    proxied: [],
    port: 4477,
    socket: '/run/user/1000/dogwatch/ui.sock',
    ssh: undefined,
    host: 'box',
    user: 'ada',
    servers: [tmux],
    sessions: [session],
    ...change,
  })
}

test('on the machine itself the link comes first', () => {
  const [first = '', ...rest] = say().split('\n')
  expect(first).toContain('http://127.0.0.1:4477/#k=TICKET')
  expect(first).toContain('(one use, 10 minutes)')
  expect(rest[0]).toBe('Again  dogwatch url   (another link, one for each device)')
  expect(rest.join('\n')).toContain('ssh -N -L 4477:/run/user/1000/dogwatch/ui.sock ada@box')
  expect(rest.join('\n')).toContain('ssh -N -L 4477:127.0.0.1:4477 ada@box')
  expect(say()).not.toContain('localhost')
})

test('the command for another link is one that works where it was started', () => {
  const where = { program: 'dogwatch', dataDir: "/tmp/o'my", ownDataDir: false }
  expect(anotherLink(where)).toBe('dogwatch url')
  expect(anotherLink({ ...where, program: 'npm start --' })).toBe('npm start -- url')
  expect(anotherLink({ ...where, ownDataDir: true })).toBe(
    "dogwatch url --data-dir '/tmp/o'\\''my'",
  )
})

test('a name that a proxy serves has its link beside', () => {
  const lines = say({ proxied: ['https://box.example.net/#k=TICKET'] }).split('\n')
  expect(lines[1]).toBe('  or   https://box.example.net/#k=TICKET')
})

test('under SSH the lines for the laptop come first, with user, host and port', () => {
  const ssh = sshPlace('10.0.0.7 50022 10.0.0.1 2222', 'ada')
  const lines = say({ ssh }).split('\n')
  expect(lines[1]).toContain('-L 4477:/run/user/1000/dogwatch/ui.sock -p 2222 ada@10.0.0.1')
  expect(lines[2]).toContain('-L 4477:127.0.0.1:4477 -p 2222 ada@10.0.0.1')
  expect(lines.findIndex((line) => line.startsWith('Open'))).toBeGreaterThan(2)
  expect(sshPlace('10.0.0.7 50022 10.0.0.1 22', 'ada')?.port).toBe(22)
  expect(say({ ssh: sshPlace('a 1 10.0.0.1 22', 'ada') })).not.toContain('-p 22')
})

test('without SSH, or with a variable that is none of its, nothing is guessed', () => {
  for (const text of [undefined, '', 'x', '1 2 3', '1 2 host port']) {
    expect(sshPlace(text, 'ada'), text).toBeUndefined()
  }
})

test('a socket path that a shell would take apart is quoted', () => {
  expect(say({ socket: "/tmp/o'my box/ui.sock" })).toContain("-L 4477:'/tmp/o'\\''my box/ui.sock'")
})

test('it says what was found in tmux, in every state', () => {
  const found = (change: Partial<TmuxServerView>) => say({ servers: [{ ...tmux, ...change }] })
  expect(found({})).toContain('Found tmux 3.3a, 1 session.')
  expect(say({ sessions: [session, session] })).toContain('2 sessions.')
  expect(say({ sessions: [{ ...session, server: 'other' }] })).toContain('0 sessions.')
  expect(found({ state: 'no-server' })).toContain('No tmux server is running')
  expect(found({ state: 'no-sessions' })).toContain('without sessions yet')
  expect(found({ state: 'missing', version: '' })).toContain('tmux is not installed')
  expect(found({ state: 'too-old', version: '3.1' })).toContain('tmux 3.1 is too old')
  expect(found({ state: 'unresponsive' })).toContain('does not answer')
  expect(found({ label: 'work', socketPath: '/t/work' })).toContain('at /t/work')
})
