import { expect, test } from 'playwright/test'
import { chosenKinds, chosenPhases, words } from './chosen.ts'
import { installAgent } from './install.ts'
import { REAL_AGENTS } from './kinds.ts'
import { PARTS } from './phases.ts'
import { type OnPhase, Play } from './play.ts'
import { recorder } from './record.ts'
import { RECOVERY_PARTS } from './recovery.ts'
import { ROWS_ATTACHMENT } from './row.ts'
import { Stage } from './stage.ts'

const phases = chosenPhases()
const parts = { ...PARTS, ...RECOVERY_PARTS }
const hooks = process.env.DOGWATCH_AGENTS_HOOKS !== '0'
const isRecorded = process.env.DOGWATCH_AGENTS_RECORD === '1'
const [cols = 120, rows = 40] = words('SIZE', 'x').map(Number)

for (const { kind, version } of chosenKinds()) {
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
