#!/usr/bin/env node
import { homedir, tmpdir, userInfo } from 'node:os'
import { inspect } from 'node:util'
import { DatabaseError } from '../db/open.ts'
import { PortTakenError } from './addresses.ts'
import { type Answer, NotRunningError, RefusedError } from './cli/client.ts'
import { printDevices, revokeDevices } from './cli/devices.ts'
import { examine } from './cli/doctor.ts'
import { changeHooks } from './cli/hooks.ts'
import { printStatus } from './cli/status.ts'
import { printUrl } from './cli/url.ts'
import { type Config, readConfig } from './config.ts'
import { FolderError } from './core/folders.ts'
import { serveDemo } from './demo.ts'
import { UsageError } from './flags.ts'
import { deadline } from './lib/time.ts'
import { type Log, makeLog } from './log.ts'
import { AlreadyRunningError, type Served, serve } from './serve.ts'
import { TmuxError } from './tmux/command.ts'

/** How long a stop may take; what is not done by then is left to the next start. */
const STOP_MS = 5_000
/** The same after a fault: only tmux is tidied then. */
const TIDY_MS = 2_000

/** npm passes a Ctrl-C on that the terminal has sent to us already: that is one wish, not two. */
const ECHO_MS = 500

const EXIT = { done: 0, fault: 1, usage: 2, dataFolder: 3, portTaken: 4, notRunning: 5 } as const

/**
 * The program: the only place that reads the command line and the environment, handles signals
 * and ends the process. Exit codes are in the help text (`flags.ts`).
 */
async function main(): Promise<void> {
  // Everything we create is for this user alone, whatever the shell's umask says.
  process.umask(0o077)
  // A terminal or pipe that closes is no reason to stop: SIGHUP says so where it is one.
  process.stdout.on('error', () => {})
  try {
    const config = readConfig(process.argv.slice(2), process.env, {
      home: userInfo().homedir || homedir(),
      uid: userInfo().uid,
      tmpDir: tmpdir(),
    })
    // The folder we were started in may be gone, or go while we run, and nothing can be started in
    // such a one; nor is a file system kept busy. What the user said of paths is resolved by now.
    process.chdir('/')
    if ('say' in config) print(config.say)
    else if (config.command === 'serve') await runServer(config, serve)
    else if (config.command === 'demo') await runServer(config, serveDemo)
    else await runCommand(config, COMMANDS[config.command])
  } catch (error) {
    const code = exitCodeOf(error)
    const hint = code === EXIT.usage ? ' ("dogwatch --help" shows what there is)' : ''
    const told = error instanceof Error && code !== undefined ? error.message : inspect(error)
    process.stderr.write(`dogwatch: ${told}${hint}\n`)
    process.exit(code ?? EXIT.fault)
  }
}

const COMMANDS = {
  url: printUrl,
  status: printStatus,
  devices: printDevices,
  revoke: revokeDevices,
  hooks: changeHooks,
  doctor: examine,
}

async function runCommand(
  config: Config,
  command: (config: Config) => Promise<Answer>,
): Promise<void> {
  const { text, data, code } = await command(config)
  print(config.json ? JSON.stringify(data) : text)
  process.exitCode = code ?? EXIT.done
}

async function runServer(config: Config, start: typeof serve): Promise<void> {
  const log = makeLog(config.logLevel)
  let served: Served | undefined
  const faulted = (error: unknown, message: string) => {
    log.error({ error }, message)
    const tidied = served ? deadline(served.tidyTmux(), TIDY_MS, 'tidying tmux') : Promise.resolve()
    // The fault is told above; we end whether or not tmux could be tidied.
    tidied.catch(() => {}).finally(() => process.exit(EXIT.fault))
  }
  process.on('uncaughtException', (error) => faulted(error, 'an error was not caught'))
  process.on('unhandledRejection', (error) => faulted(error, 'a rejection was not handled'))

  const starting = start(config, log, process.env.SSH_CONNECTION)
  stopOnSignals(async () => (await starting).stop(), log)
  served = await starting
  print(served.greeting)
}

/** First signal: an orderly stop within its deadline. Second: the end, at once. */
function stopOnSignals(stop: () => Promise<void>, log: Log): void {
  let stoppingSince: number | undefined
  const onSignal = (signal: NodeJS.Signals) => {
    if (stoppingSince !== undefined) {
      if (performance.now() - stoppingSince > ECHO_MS) process.exit(EXIT.fault)
      return
    }
    stoppingSince = performance.now()
    log.info({ signal }, 'stopping')
    deadline(stop(), STOP_MS, 'the stop').then(
      () => process.exit(EXIT.done),
      (error: unknown) => {
        log.error({ error }, 'the stop did not finish')
        process.exit(EXIT.fault)
      },
    )
  }
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, onSignal)
}

function exitCodeOf(error: unknown): number | undefined {
  if (error instanceof UsageError) return EXIT.usage
  if (error instanceof PortTakenError) return EXIT.portTaken
  if (error instanceof AlreadyRunningError) return EXIT.dataFolder
  if (error instanceof FolderError || error instanceof DatabaseError) return EXIT.dataFolder
  if (error instanceof NotRunningError) return EXIT.notRunning
  if (error instanceof RefusedError || error instanceof TmuxError) return EXIT.fault
  return undefined
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

await main()
