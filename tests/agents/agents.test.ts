import { expect, test } from 'playwright/test'
import { HOOK_KINDS, type HookKind } from '../../server/agents/hooks/places.ts'
import { installAgent } from './install.ts'
import { REAL_AGENTS } from './kinds.ts'
import { PARTS } from './phases.ts'
import { type OnPhase, Play } from './play.ts'
import { recorder } from './record.ts'
import { RECOVERY_PARTS } from './recovery.ts'
import { ROWS_ATTACHMENT } from './row.ts'
import { Stage } from './stage.ts'

/** `claude,codex@0.145.0`: kinds and, where it is another than the pinned one, the version. */
const chosen = words('KINDS').map((word) => word.split('@'))
const phases = words('PHASES')
const parts = { ...PARTS, ...RECOVERY_PARTS }
const hooks = process.env.DOGWATCH_AGENTS_HOOKS !== '0'
const isRecorded = process.env.DOGWATCH_AGENTS_RECORD === '1'
const [cols = 120, rows = 40] = words('SIZE', 'x').map(Number)

for (const { kind, version } of agents()) {
  for (const [name, { does, part, isUnknown, env = {} }] of Object.entries(parts)) {
    if (phases.length > 0 && !phases.includes(name)) continue
    test(`${kind} ${version} ${hooks ? 'with' : 'without'} hooks ${does}`, async () => {
      const installed = await installAgent(REAL_AGENTS[kind], version)
      const reason = 'reason' in installed ? installed.reason : undefined
      test.skip(reason !== undefined, reason)
      if ('reason' in installed) return
      const isKnown = !isUnknown
      const bin = installed.folder
      await using stage = await Stage.open({ kind, bin, hooks, isKnown, cols, rows, env })
      const record = recorder({ kind, version, part: name, cols, rows }, isRecorded)
      const onPhase: OnPhase = (phase, states) => record(phase, states, () => stage.shown())
      const play = new Play(stage, { version, hooks, onPhase })
      try {
        await part(stage, play)
        play.release()
        const [ghost] = stage.feed.ghosts
        if (ghost) play.row('ghost', [], 'miss', { notes: [ghost.evidence.line] })
      } finally {
        const body = JSON.stringify(play.rows)
        await test.info().attach(ROWS_ATTACHMENT, { body, contentType: 'application/json' })
      }
      const missed = play.rows.filter(({ verdict }) => verdict === 'miss')
      expect(missed.map(({ phase, state, notes }) => ({ phase, state, notes }))).toEqual([])
    })
  }
}

function agents(): { kind: HookKind; version: string }[] {
  const kinds = chosen.length > 0 ? chosen : HOOK_KINDS.map((kind) => [kind])
  return kinds.map(([name, version]) => {
    const kind = HOOK_KINDS.find((one) => one === name)
    if (!kind) throw new Error(`no agent "${name}" (one of ${HOOK_KINDS.join(', ')})`)
    return { kind, version: version ?? REAL_AGENTS[kind].version }
  })
}

function words(name: string, separator = ','): string[] {
  return (process.env[`DOGWATCH_AGENTS_${name}`] ?? '').split(separator).filter(Boolean)
}
