import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ScreenFacts } from '../agents/adapter.ts'
import type { Activity, WrongResponse } from '../protocol.ts'
import type { Agent } from './agent.ts'
import { redact, redactWords } from './redact.ts'
import { redactScreen } from './redact-screen.ts'

/**
 * Keeps what we saw when a person said that it is wrong, as one file that can be read, sent or made
 * into a test. Everything in it has passed the redactor, the screen as one text, since a secret may
 * be wrapped over rows.
 */
export async function reportWrong(
  dataDir: string,
  agent: Agent,
  screen: Omit<ScreenFacts, 'at'> | undefined,
  expected: Activity,
): Promise<WrongResponse> {
  const folder = join(dataDir, 'reports')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const at = new Date()
  const { argv } = agent.process
  const { kind, activity, evidence, model, where, conversation } = agent.view()
  const report = {
    at: at.toISOString(),
    kind,
    expected,
    said: activity,
    evidence,
    sources: agent.evidence().sources,
    where,
    model,
    hasConversation: conversation !== undefined,
    argv: redactWords(argv),
    ...(screen
      ? {
          screen: {
            cols: screen.cols,
            alternate: screen.alternate,
            title: redact(screen.title),
            rows: redactScreen(screen.rows, undefined, screen.cols),
          },
        }
      : {}),
  }
  const name = `${at.toISOString().replaceAll(/[:.]/g, '')}-${kind}-${crypto.randomUUID().slice(0, 8)}`
  const path = join(folder, `${name}.json`)
  await writeFile(path, `${JSON.stringify(report, null, 2)}\n`, { mode: 0o600, flag: 'wx' })
  return { path }
}
