import { randomUUID } from 'node:crypto'
import { homedir } from 'node:os'
import { basename } from 'node:path'
import { claudeLog } from './claude-log.ts'
import { claudeSkin } from './claude-skin.ts'
import { codexLog } from './codex-log.ts'
import { codexSkin } from './codex-skin.ts'
import { copilotLog } from './copilot-log.ts'
import { geminiLog } from './gemini-log.ts'
import { copilotSkin, geminiSkin, opencodeSkin } from './other-skins.ts'
import { Performance } from './performance.ts'
import { PLACES } from './places.ts'
import type { Play } from './play.ts'
import { Terminal } from './terminal.ts'

/**
 * The program behind the pretended agents of the demo: scripts of their names call it. The folder
 * says which play it is; where it knows none, and where a conversation is resumed, it just waits
 * for prompts.
 */
const KINDS = {
  claude: { skin: claudeSkin, log: claudeLog },
  codex: { skin: codexSkin, log: codexLog },
  copilot: { skin: copilotSkin, log: copilotLog },
  gemini: { skin: geminiSkin, log: geminiLog },
  opencode: { skin: opencodeSkin, log: undefined },
} as const

/** A whole program: reads its own command line, acts until it is told to end, and exits. */
export async function play(kind: Play['kind']): Promise<void> {
  const folder = process.cwd()
  const { skin, log } = KINDS[kind]
  const resumed = resumedBy(process.argv.slice(2))
  const own = PLACES.find(({ name }) => name === basename(folder))?.play
  const fresh: Play = { kind, title: 'New conversation', steps: [] }
  const performance = new Performance({
    play: own?.kind === kind && resumed === undefined ? own : fresh,
    folder,
    log: log?.(homedir(), folder, resumed ?? randomUUID()),
    terminal: new Terminal(skin),
  })
  process.exit(await performance.run())
}

function resumedBy(args: readonly string[]): string | undefined {
  const at = args.findIndex((word) => /^(--resume|resume|--session)$/.test(word))
  return at < 0 ? undefined : args[at + 1]
}
