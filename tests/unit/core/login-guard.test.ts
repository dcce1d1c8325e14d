import { expect, test } from 'playwright/test'
import { cgroupOf, killsProcesses } from '../../../server/core/login-facts.ts'
import { type GuardFacts, judgeGuard, worstGuard } from '../../../server/core/login-guard.ts'

const LOGIN = '/user.slice/user-1000.slice/session-4.scope'
const SCOPE = '/user.slice/user-1000.slice/user@1000.service/app.slice/tmux-1.scope'
const OURS = '/user.slice/user-1000.slice/user@1000.service/app.slice/dogwatch.service'

const TABLE: [string, Partial<GuardFacts>, string, string[]][] = [
  ['no logind', { hasLogind: false, cgroup: LOGIN, killsProcesses: true }, 'safe', []],
  ['no tmux', {}, 'unknown', []],
  [
    'a login that is ended whole',
    { cgroup: LOGIN, killsProcesses: true },
    'at-risk',
    ['linger', 'scope'],
  ],
  // Lingering keeps the user's services, not what runs inside a login.
  [
    'the same, lingering',
    { cgroup: LOGIN, killsProcesses: true, lingers: true },
    'at-risk',
    ['linger', 'scope'],
  ],
  ['a login that leaves programs alone', { cgroup: LOGIN, killsProcesses: false }, 'safe', []],
  ['a login, nobody can tell', { cgroup: LOGIN }, 'unknown', []],
  [
    'a scope of its own, not lingering',
    { cgroup: SCOPE, killsProcesses: false },
    'at-risk',
    ['linger'],
  ],
  [
    'a scope of its own, lingering',
    { cgroup: SCOPE, killsProcesses: true, lingers: true },
    'safe',
    [],
  ],
  ['our own service', { cgroup: OURS, lingers: true }, 'at-risk', ['linger', 'scope']],
  ['another service', { cgroup: '/system.slice/ssh.service' }, 'unknown', []],
  ['no group at all', { cgroup: '/' }, 'safe', []],
]

for (const [title, facts, state, fixes] of TABLE) {
  test(`tmux in ${title}: ${state}`, () => {
    const view = judgeGuard({ hasLogind: true, user: 'ada', lingers: false, ...facts })
    expect(view.state).toBe(state)
    expect(view.detail).toMatch(/\.$/)
    const commands = {
      linger: 'loginctl enable-linger ada',
      scope: 'systemd-run --user --scope tmux',
    }
    expect(view.fix).toHaveLength(fixes.length)
    for (const [at, fix] of fixes.entries()) {
      expect(view.fix[at]).toContain(commands[fix as keyof typeof commands])
    }
  })
}

test('of several tmux servers the worst is told', () => {
  const safe = { state: 'safe', detail: 'a', fix: [] } as const
  const risk = { state: 'at-risk', detail: 'b', fix: [] } as const
  const none = { state: 'unknown', detail: 'c', fix: [] } as const
  const view = (one: typeof safe | typeof risk) => ({ ...one, fix: [] })
  expect(worstGuard([view(safe), view(risk)], { ...none, fix: [] }).state).toBe('at-risk')
  expect(worstGuard([], { ...none, fix: [] }).state).toBe('unknown')
})

test("systemd's own group is read, of one hierarchy or of many", () => {
  expect(cgroupOf(`0::${LOGIN}\n`)).toBe(LOGIN)
  expect(cgroupOf(`2:cpu:/\n1:name=systemd:${SCOPE}\n0::/\n`)).toBe(SCOPE)
  expect(cgroupOf('4:memory:/x:y\n')).toBe(undefined)
  expect(cgroupOf('0::/a:b\n')).toBe('/a:b')
})

test('the last word in the files of logind counts, and a comment is none', () => {
  expect(killsProcesses([])).toBe(undefined)
  expect(killsProcesses(['[Login]\n#KillUserProcesses=yes\n'])).toBe(undefined)
  expect(killsProcesses(['[Login]\nKillUserProcesses = yes\n'])).toBe(true)
  expect(killsProcesses(['KillUserProcesses=1\n', 'KillUserProcesses=no\n'])).toBe(false)
})
