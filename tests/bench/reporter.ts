import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import type { FullConfig, Reporter, TestCase, TestResult } from 'playwright/types/testReporter'
import { ROW_ATTACHMENT, type Row, ratioOfRow, verdictOf } from './row.ts'
import { tableOf } from './table.ts'

const NUMBERS = new Set(['Infinity', '-Infinity', 'NaN'])

/** A row as it was before `report` made JSON of it. */
function parseRow(text: string): Row {
  return JSON.parse(text, (key, value: unknown) =>
    (key === 'value' || key === 'ratio') && NUMBERS.has(String(value)) ? Number(value) : value,
  ) as Row
}

/** First line of a program's answer, or undefined where it is not there. */
function ask(program: string, ...args: string[]): string | undefined {
  try {
    const answer = execFileSync(program, args, { stdio: ['ignore', 'pipe', 'ignore'] })
    return answer.toString().split('\n')[0]
  } catch {
    // A missing program or repository only leaves this line of the report empty.
    return undefined
  }
}

/** Shows which rows are being measured, then the table; writes the same to `bench-results/`. */
export default class BenchReporter implements Reporter {
  readonly #rows: Row[] = []
  readonly #missing: { row: string; error: string }[] = []
  readonly #startedAt = new Date()
  #folder = 'bench-results'

  onBegin(config: FullConfig): void {
    this.#folder = join(config.rootDir, '..', '..', '..', 'bench-results')
  }

  printsToStdio(): boolean {
    return true
  }

  onTestBegin(test: TestCase): void {
    process.stdout.write(`measuring: ${test.title}\n`)
  }

  onStdErr(chunk: string | Buffer): void {
    process.stderr.write(chunk)
  }

  onTestEnd(test: TestCase, result: TestResult): void {
    for (const attachment of result.attachments) {
      if (attachment.name === ROW_ATTACHMENT && attachment.body) {
        this.#rows.push(parseRow(attachment.body.toString()))
      }
    }
    for (const error of result.errors) {
      this.#missing.push({ row: test.title, error: error.message ?? String(error.value) })
    }
  }

  onError(error: { message?: string }): void {
    this.#missing.push({ row: 'bench', error: error.message ?? 'failed' })
  }

  onEnd(): void {
    const results = {
      startedAt: this.#startedAt.toISOString(),
      endedAt: new Date().toISOString(),
      quick: process.env.DOGWATCH_BENCH_QUICK === '1',
      commit: ask('git', 'rev-parse', 'HEAD'),
      machine: {
        cpu: cpus()[0]?.model,
        cores: cpus().length,
        loadAverage: loadavg(),
        node: process.version,
        tmux: ask('tmux', '-V'),
      },
      rows: this.#rows.map((row) => ({ ...row, ratio: ratioOfRow(row), verdict: verdictOf(row) })),
      missing: this.#missing,
    }
    mkdirSync(this.#folder, { recursive: true })
    const name = `${results.startedAt.replaceAll(':', '-').slice(0, 19)}.json`
    writeFileSync(join(this.#folder, name), `${JSON.stringify(results, undefined, 2)}\n`)

    process.stdout.write(`\n${tableOf(this.#rows)}\n`)
    for (const { row, error } of this.#missing) {
      process.stdout.write(`could not be measured: ${row}\n${error}\n\n`)
    }
    process.stdout.write(`also in ${join(this.#folder, name)}\n`)
  }
}
