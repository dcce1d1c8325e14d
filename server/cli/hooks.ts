import {
  type HookStatus,
  hookStatus,
  installHooks,
  uninstallHooks,
} from '../agents/hooks/install.ts'
import { HOOK_KINDS, type HookKind, isHookKind } from '../agents/hooks/places.ts'
import { SettingsError } from '../agents/hooks/settings.ts'
import type { Config } from '../config.ts'
import { UsageError } from '../flags.ts'
import type { Answer } from './client.ts'
import { columns } from './words.ts'

const ACTS = ['status', 'install', 'uninstall'] as const
type Act = (typeof ACTS)[number]

/** What was done with one kind, and how its hooks stand now. */
type Outcome = HookStatus & {
  act: 'none' | 'installed' | 'uninstalled' | 'skipped' | 'failed'
  reason?: string
}

/**
 * `dogwatch hooks status|install|uninstall [kind...]`. Without kinds: all of them; `install` then
 * leaves out agents that were never used here and those that only go by name. Exit code 1 where a
 * kind could not be changed.
 */
export async function changeHooks(config: Config): Promise<Answer> {
  const { act, kinds, named } = readArguments(config.args)
  const options = { env: config.agentEnv, dataDir: config.dataDir }
  const outcomes: Outcome[] = []
  for (const kind of kinds) {
    const before = await hookStatus(kind, options)
    const reason = act === 'install' && !named ? reasonToSkip(before) : undefined
    if (act === 'status') outcomes.push({ ...before, act: 'none' })
    else if (reason) outcomes.push({ ...before, act: 'skipped', reason })
    else outcomes.push(await change(act, before, options))
  }
  return {
    text: describe(act, outcomes),
    data: { hooks: outcomes },
    code: outcomes.some((one) => one.act === 'failed') ? 1 : 0,
  }
}

async function change(
  act: 'install' | 'uninstall',
  before: HookStatus,
  options: Parameters<typeof installHooks>[1],
): Promise<Outcome> {
  try {
    if (act === 'uninstall') {
      const gone = before.state === 'absent'
      return {
        ...(await uninstallHooks(before.kind, options)),
        act: gone ? 'none' : 'uninstalled',
      }
    }
    if (before.state === 'installed') return { ...before, act: 'none' }
    return { ...(await installHooks(before.kind, options)), act: 'installed' }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (!(error instanceof SettingsError) && code === undefined) throw error
    return { ...before, act: 'failed', reason: error instanceof Error ? error.message : '' }
  }
}

function reasonToSkip({ detected, optIn, state, kind }: HookStatus): string | undefined {
  if (!detected) return 'not used here so far'
  if (optIn && state === 'absent') return `${optIn}. "dogwatch hooks install ${kind}" installs them`
  return undefined
}

function readArguments(args: readonly string[]): {
  act: Act
  kinds: readonly HookKind[]
  named: boolean
} {
  const [word = 'status', ...names] = args
  const act = ACTS.find((one) => one === word)
  if (!act) throw new UsageError(`hooks takes ${ACTS.join(', ')}, but got "${word}"`)
  const kinds = names.map((name) => {
    if (isHookKind(name)) return name
    throw new UsageError(`"${name}" has no hooks (one of ${HOOK_KINDS.join(', ')})`)
  })
  return { act, kinds: kinds.length > 0 ? kinds : HOOK_KINDS, named: kinds.length > 0 }
}

function describe(act: Act, outcomes: readonly Outcome[]): string {
  const rows = columns(
    outcomes.map((one) => [one.kind, one.act === 'none' ? one.state : one.act, one.file]),
  ).split('\n')
  const lines = outcomes.flatMap((one, index) => {
    const note = one.reason ?? one.detail ?? (act === 'install' ? undefined : one.optIn)
    return [rows[index] ?? '', ...(note ? [`  ${note}`] : [])]
  })
  const changed = outcomes.some(({ act: did }) => did === 'installed')
  const hint = 'Agents that are running now take them up at their next start.'
  return [...lines, ...(changed ? ['', hint] : [])].join('\n')
}
