import type { GuardView } from '../protocol.ts'

/** What decides whether tmux outlives the login that it was started in. */
export interface GuardFacts {
  /** Linux with systemd's logind; everything else leaves processes alone. */
  hasLogind: boolean
  user: string
  /** The control group of the tmux server, as `/proc/<pid>/cgroup` names it; absent: none runs. */
  cgroup?: string
  /** `KillUserProcesses` of logind; absent where nobody can tell. */
  killsProcesses?: boolean
  /** The user's services go on without a login (`loginctl enable-linger`). */
  lingers: boolean
}

const SCOPE = 'systemd-run --user --scope tmux new-session -s main'

/**
 * Whether logind ends tmux at a logout. A `session-N.scope` ends with its login where
 * `KillUserProcesses` is on, lingering or not; what runs below the user's own manager
 * (`user@UID.service`) ends with the last login unless the user lingers; and a service takes what
 * it started with it. See logind.conf(5), loginctl(1), systemd.kill(5).
 */
export function judgeGuard(facts: GuardFacts): GuardView {
  const { hasLogind, user, cgroup, killsProcesses, lingers } = facts
  const linger = `loginctl enable-linger ${user}`
  if (!hasLogind) return safe('No logind here: a logout does not end tmux.')
  if (cgroup === undefined) return unknown('No tmux server runs, so nothing can be said of it.')
  const service = /\/([^/]*dogwatch[^/]*\.service)(?:\/|$)/.exec(cgroup)?.[1]
  if (service !== undefined) {
    const why = `tmux runs inside ${service} and ends when that is stopped or restarted.`
    return risk(why, [linger, SCOPE])
  }
  if (/\/session-[^/]+\.scope(?:\/|$)/.test(cgroup)) {
    if (killsProcesses === false) return safe('logind leaves programs alone at a logout.')
    if (killsProcesses === undefined) {
      return unknown('tmux runs inside a login, and logind does not say whether it ends with it.')
    }
    const why = 'tmux runs inside a login, and logind ends everything in it at the logout.'
    return risk(why, [linger, SCOPE])
  }
  if (/\/user@\d+\.service(?:\/|$)/.test(cgroup)) {
    if (lingers) return safe(`tmux runs among the services of ${user}, which outlive the logout.`)
    const why = `tmux runs among the services of ${user}, which end with the last login.`
    return risk(why, [linger])
  }
  const owner = /\/([^/]+\.service)(?:\/|$)/.exec(cgroup)?.[1]
  if (owner !== undefined) return unknown(`tmux runs inside ${owner} and may end with it.`)
  return safe('tmux runs outside any login.')
}

/** The worst of several tmux servers; `none` where there is not one. */
export function worstGuard(views: readonly GuardView[], none: GuardView): GuardView {
  const rank = { 'at-risk': 0, unknown: 1, safe: 2 } as const
  return views.toSorted((a, b) => rank[a.state] - rank[b.state])[0] ?? none
}

function safe(detail: string): GuardView {
  return { state: 'safe', detail, fix: [] }
}

function unknown(detail: string): GuardView {
  return { state: 'unknown', detail, fix: [] }
}

function risk(detail: string, fix: string[]): GuardView {
  return { state: 'at-risk', detail, fix }
}
