import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FullConfig, Reporter, TestCase, TestResult } from 'playwright/types/testReporter'
import { cacheFolder } from './install.ts'
import { ROWS_ATTACHMENT, type Row, tableOf } from './row.ts'

/** Prints what is tried, why something is skipped, and the table; writes that to `bench-results/`. */
export default class AgentsReporter implements Reporter {
  readonly #rows: Row[] = []
  readonly #startedAt = new Date().toISOString()
  #folder = 'bench-results'

  onBegin(config: FullConfig): void {
    this.#folder = join(config.rootDir, '..', '..', 'bench-results')
    process.stdout.write(`agents are installed in ${cacheFolder()}\n`)
  }

  printsToStdio(): boolean {
    return true
  }

  onTestBegin(test: TestCase): void {
    process.stdout.write(`trying: ${test.title}\n`)
  }

  /** What a test says: the recorder's findings. */
  onStdOut(chunk: string | Buffer): void {
    process.stdout.write(chunk)
  }

  onTestEnd(test: TestCase, result: TestResult): void {
    for (const { name, body } of result.attachments) {
      if (name === ROWS_ATTACHMENT && body) this.#rows.push(...(JSON.parse(`${body}`) as Row[]))
    }
    const reason = test.annotations.find(({ type }) => type === 'skip')?.description
    if (result.status === 'skipped') process.stdout.write(`skipped: ${test.title}: ${reason}\n`)
    for (const { message } of result.errors) process.stdout.write(`${test.title}: ${message}\n`)
  }

  onError(error: { message?: string }): void {
    process.stdout.write(`${error.message}\n`)
  }

  onEnd(): void {
    if (this.#rows.length === 0) return
    const count = (verdict: string) => this.#rows.filter((row) => row.verdict === verdict).length
    const sum = `${count('ok')} ok, ${count('late')} late, ${count('miss')} missed`
    const report = `${tableOf(this.#rows)}\n\n${sum}\n`
    mkdirSync(this.#folder, { recursive: true })
    const file = join(
      this.#folder,
      `agents-${this.#startedAt.replaceAll(':', '-').slice(0, 19)}.md`,
    )
    writeFileSync(file, report)
    process.stdout.write(`\n${report}also in ${file}\n`)
  }
}
