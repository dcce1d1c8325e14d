import { mkdir, open, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'playwright/test'
import { findTranscript } from '../../../server/agents/binding.ts'
import { Detector } from '../../../server/agents/detect.ts'
import { whereOf } from '../../../server/agents/elsewhere.ts'
import { childrenOf, type PaneFound, plainKind, readPane } from '../../../server/agents/tree.ts'
import { type ProcessRow, readRow } from '../../../server/lib/proc.ts'
import { AgentStage } from '../../support/agent-stage.ts'

const kinds = (found: PaneFound | undefined) => found?.agents.map(({ adapter }) => adapter.kind)

/** Waits until a look into the pane finds agents of these kinds. */
async function finds(pane: number, expected: string[]): Promise<PaneFound> {
  const detector = new Detector()
  await expect.poll(async () => kinds(await detector.look(pane))).toEqual(expected)
  const found = await detector.look(pane)
  if (!found) throw new Error('the pane has ended')
  return found
}

test('codex behind its node script is one agent: the program that does the work', async () => {
  await using stage = await AgentStage.open()
  const inner = await stage.native('codex', 'vendor')
  await stage.node('codex', `run(${JSON.stringify(inner)}, args)`)
  const pane = stage.shell()
  pane.type('codex 300')
  // The script alone is codex too, until its program runs.
  const detector = new Detector()
  await expect
    .poll(async () => (await detector.look(pane.pid))?.agents[0]?.process.argv)
    .toEqual([inner, '300'])
  const found = await finds(pane.pid, ['codex'])
  expect(found.agents[0]?.isForeground).toBe(true)
  expect(found.agents[0]?.process.start).toMatch(/^\d+$/)
  expect(found.where).toBe('here')
})

test('a copy that an agent makes of itself, to become another program, is not the agent', async () => {
  await using stage = await AgentStage.open()
  const codex = await stage.native('codex')
  await stage.script('copies', `#!/bin/bash\n${codex} 300 &\nexec ${codex} 300\n`)
  const pane = stage.shell()
  pane.type('copies')
  const detector = new Detector()
  await expect
    .poll(async () => (await detector.look(pane.pid))?.agents[0]?.process.argv)
    .toEqual([codex, '300'])
  const { agents } = await finds(pane.pid, ['codex'])
  expect(readRow(agents[0]?.process.pid ?? 0)?.parent).toBe(pane.pid)
})

test('a helper that is about to become its own program is not the agent', async () => {
  const words: Record<number, string[]> = { 1: ['bash'], 2: ['/opt/copilot'], 3: [] }
  const row = (pid: number, name: string): ProcessRow => {
    return { pid, parent: pid - 1, group: pid, foreground: 2, start: `${pid}`, name }
  }
  // Between its old program and its new one the kernel tells its name and no arguments.
  const rows = [row(1, 'bash'), row(2, 'copilot'), row(3, 'copilot')]
  const table = new Map(rows.map((one) => [one.pid, one]))
  const found = await readPane(1, table, childrenOf(table), async ({ pid, start, name }) => {
    return { pid, start, argv: words[pid] ?? [], command: name, cwd: '', env: {} }
  })
  expect(found?.agents.map(({ process }) => process.pid)).toEqual([2])
})

test('gemini that starts itself again is one agent', async () => {
  await using stage = await AgentStage.open()
  await stage.node(
    'gemini',
    `if (!process.execArgv.length) run(process.execPath, ['--max-old-space-size=200', __filename, ...args])`,
  )
  const pane = stage.shell()
  pane.type('gemini -m some-model')
  const detector = new Detector()
  await expect
    .poll(async () => (await detector.look(pane.pid))?.agents[0]?.process.argv[1])
    .toBe('--max-old-space-size=200')
  await finds(pane.pid, ['gemini'])
})

test('a launcher that outlives its agent for a moment is no agent, one that stays is', async () => {
  await using stage = await AgentStage.open()
  const inner = await stage.native('copilot', 'vendor')
  // As if the moment between their ends lasted.
  await stage.node('copilot', `spawn(${JSON.stringify(inner)}, args, { stdio: 'inherit' })`)
  const pane = stage.shell()
  pane.type('copilot 300')
  let now = 0
  const detector = new Detector(() => now)
  const agents = async () => (await detector.look(pane.pid))?.agents ?? []
  await expect.poll(async () => (await agents())[0]?.process.argv).toEqual([inner, '300'])
  const [agent] = await agents()
  const [launcher] = agent?.launchers ?? []
  if (!agent || !launcher) throw new Error('no agent behind a launcher')
  process.kill(agent.process.pid, 'SIGKILL')
  await expect.poll(() => readRow(agent.process.pid)).toBeUndefined()
  for (now of [40_000, 42_000]) expect(await agents()).toEqual([])
  now = 44_000
  expect((await agents()).map(({ process }) => process.pid)).toEqual([launcher.pid])
})

test('an agent whose helper looked like it for a moment is found all the time', async () => {
  await using stage = await AgentStage.open()
  const helper = await stage.native('copilot', 'vendor')
  await stage.node('copilot', `spawn(${JSON.stringify(helper)}, args, { stdio: 'inherit' })`)
  const pane = stage.shell()
  pane.type('copilot 300')
  let now = 0
  const detector = new Detector(() => now)
  const agents = async () => (await detector.look(pane.pid))?.agents ?? []
  await expect.poll(async () => (await agents())[0]?.process.argv).toEqual([helper, '300'])
  const [agent] = await agents()
  process.kill(agent?.process.pid ?? 0, 'SIGKILL')
  now = 20_000
  await expect
    .poll(async () => (await agents()).map(({ process }) => process.pid))
    .toEqual([agent?.launchers[0]?.pid])
})

test('npx and a shell in between hide nothing', async () => {
  await using stage = await AgentStage.open()
  const inner = await stage.native('copilot', 'vendor')
  await stage.node('copilot', `run(${JSON.stringify(inner)}, args)`)
  await stage.node('npx', `run('/bin/sh', ['-c', args.join(' ') + '; true'])`)
  const pane = stage.shell()
  pane.type('npx copilot 300')
  await finds(pane.pid, ['copilot'])
})

test('a wrapper script that adds flags is not the agent, what it starts is', async () => {
  await using stage = await AgentStage.open()
  const inner = await stage.native('claude', 'vendor')
  await stage.script('claude', `#!/bin/bash\n${inner} 300 "$@"\ntrue\n`)
  const pane = stage.shell()
  pane.type('claude 1')
  const found = await finds(pane.pid, ['claude'])
  expect(found.agents[0]?.process.argv).toEqual([inner, '300', '1'])
})

test('what an agent starts is its own: no agent of the same or another kind appears beside it', async () => {
  await using stage = await AgentStage.open()
  const codex = await stage.native('codex', 'vendor')
  const claude = await stage.native('claude', 'vendor')
  await stage.node(
    'opencode',
    `spawn('/bin/sh', ['-c', ${JSON.stringify(`${codex} 301; true`)}]); spawn(${JSON.stringify(claude)}, ['302'])
process.title = 'opencode'
require('node:fs').writeFileSync(${JSON.stringify(join(stage.folder, 'ready'))}, '')`,
  )
  const pane = stage.shell()
  pane.type('opencode')
  await finds(pane.pid, ['opencode'])
})

test('two agents in one pane are two, and the one with the keyboard is known', async () => {
  await using stage = await AgentStage.open()
  await stage.native('claude')
  await stage.native('codex')
  const pane = stage.shell()
  pane.type('claude 300 &')
  pane.type('codex 300')
  const { agents } = await finds(pane.pid, ['claude', 'codex'])
  expect(agents.map(({ isForeground }) => isForeground)).toEqual([false, true])
})

test('an agent that ends, is killed or is replaced is noticed by the next sweep', async () => {
  await using stage = await AgentStage.open()
  await stage.native('claude')
  await stage.native('codex')
  const panes = [stage.shell(), stage.shell()]
  const [first, second] = panes
  if (!first || !second) throw new Error('no panes')
  let now = 0
  const detector = new Detector(() => now)
  const sweep = async () => {
    const found = await detector.sweep(panes.map(({ pid }) => pid))
    return panes.map(({ pid }) => kinds(found.get(pid)))
  }
  first.type('claude 300')
  second.type('codex 300')
  await expect.poll(sweep).toEqual([['claude'], ['codex']])
  // Long after anything changed: now only the cheap signs are read.
  for (now of [6_000, 7_000]) expect(await sweep()).toEqual([['claude'], ['codex']])
  const before = (await detector.sweep(panes.map(({ pid }) => pid))).get(first.pid)
  const pid = before?.agents[0]?.process.pid
  if (!pid) throw new Error('no agent')
  process.kill(pid, 'SIGKILL')
  await expect.poll(sweep).toEqual([[], ['codex']])
  first.type('codex 301')
  await expect.poll(sweep).toEqual([['codex'], ['codex']])
  second.end()
  await expect.poll(sweep).toEqual([['codex'], undefined])
})

test('an agent that a running script starts late, in the same group, is found', async () => {
  await using stage = await AgentStage.open()
  const claude = await stage.native('claude')
  const go = join(stage.folder, 'go')
  const wait = `while [ ! -e ${go} ]; do sleep 0.05; done`
  await stage.script('work-then-ask', `#!/bin/bash\n${wait}\n${claude} 300\ntrue\n`)
  const pane = stage.shell()
  let now = 0
  const detector = new Detector(() => now)
  const look = async () => {
    now += 1_000
    const found = (await detector.sweep([pane.pid])).get(pane.pid)
    return [found?.foreground?.command ?? '', kinds(found)]
  }
  pane.type('work-then-ask')
  await expect.poll(look).toEqual(['work-then-ask', []])
  for (let second = 0; second < 20; second += 1) await look()
  await writeFile(go, '')
  await expect.poll(look).toEqual(['work-then-ask', ['claude']])
})

test('many panes are read in one pass', async () => {
  await using stage = await AgentStage.open()
  await stage.native('claude')
  const panes = Array.from({ length: 10 }, () => stage.shell())
  for (const pane of panes) pane.type('claude 300')
  const detector = new Detector()
  await expect
    .poll(async () => {
      const found = await detector.sweep(panes.map(({ pid }) => pid))
      return panes.map(({ pid }) => kinds(found.get(pid))?.join())
    })
    .toEqual(panes.map(() => 'claude'))
})

test("an agent's folder and its own places of files are read, and no other variable", async () => {
  await using stage = await AgentStage.open()
  await stage.native('claude')
  await mkdir(join(stage.folder, 'work'))
  const pane = stage.shell({ HOME: '/some/home', CLAUDE_CONFIG_DIR: '/some/config', SECRET: 'x' })
  pane.type('cd work')
  pane.type('claude 300')
  const { agents } = await finds(pane.pid, ['claude'])
  const [agent] = agents
  expect(agent?.process.cwd).toBe(join(stage.folder, 'work'))
  expect(agent?.process.env).toEqual({ HOME: '/some/home', CLAUDE_CONFIG_DIR: '/some/config' })
  expect(agent?.adapter.files?.(agent.process).transcripts).toBe('/some/config/projects')
})

test('a foreground that leads elsewhere is said to', async () => {
  await using stage = await AgentStage.open()
  await stage.native('ssh')
  await stage.node('docker', '')
  const panes = [stage.shell(), stage.shell(), stage.shell()]
  panes[0]?.type('ssh 300')
  panes[1]?.type('docker exec -it box claude')
  panes[2]?.type('docker build .')
  const detector = new Detector()
  const places = async () => {
    const all = await Promise.all(panes.map(({ pid }) => detector.look(pid)))
    return all.map((found) => [found?.where, found?.foreground !== undefined, kinds(found)])
  }
  await expect.poll(places).toEqual([
    ['ssh', true, []],
    ['container', true, []],
    ['here', true, []],
  ])
})

test('programs that lead elsewhere are known by what they do, not by their name alone', () => {
  const where = (line: string) => {
    const argv = line.split(' ')
    const command = (argv[0] ?? '').replace(/^.*\//, '')
    return whereOf({ pid: 1, start: '1', argv, command, cwd: '', env: {} })
  }
  const lines: Record<string, string> = {
    'ssh -t box tmux': 'ssh',
    '/usr/bin/ssh box': 'ssh',
    'mosh-client -# box': 'ssh',
    'gh codespace ssh': 'ssh',
    'vagrant ssh': 'ssh',
    'vagrant up': 'here',
    'docker exec -it box claude': 'container',
    'docker compose exec app sh': 'container',
    'docker --context far run --rm -it img': 'container',
    'docker ps': 'here',
    'podman attach box': 'container',
    'kubectl -n a exec -it pod -- bash': 'container',
    'kubectl get pods': 'here',
    'limactl shell default': 'container',
    'limactl list': 'here',
    'distrobox enter box': 'container',
    'systemd-nspawn -D /x': 'container',
    'node /usr/bin/devcontainer exec bash': 'container',
    'vim ssh': 'here',
  }
  expect(Object.fromEntries(Object.keys(lines).map((line) => [line, where(line)]))).toEqual(lines)
})

test('a shell at its prompt has no foreground; with a command it has; a program alone is no shell', async () => {
  await using stage = await AgentStage.open()
  await stage.native('build')
  const pane = stage.shell()
  const detector = new Detector()
  await expect
    .poll(async () => {
      const found = await detector.look(pane.pid)
      return [found && plainKind(found), found?.foreground?.command]
    })
    .toEqual(['shell', undefined])
  pane.type('build 300')
  await expect.poll(async () => (await detector.look(pane.pid))?.foreground?.command).toBe('build')
  const found = await detector.look(process.pid)
  expect(found && plainKind(found)).toBe('other')
})

test("a script of anyone's own with an agent's name and a suffix is no agent", async () => {
  await using stage = await AgentStage.open()
  await stage.node('gemini.js', '')
  await stage.native('claudette')
  const pane = stage.shell()
  pane.type('gemini.js &')
  pane.type('claudette 300')
  const detector = new Detector()
  await expect
    .poll(async () => (await detector.look(pane.pid))?.foreground?.command)
    .toBe('claudette')
  expect(kinds(await detector.look(pane.pid))).toEqual([])
})

test('a pane whose first process has ended is absent', async () => {
  await using stage = await AgentStage.open()
  const pane = stage.shell()
  const detector = new Detector()
  expect((await detector.sweep([pane.pid])).has(pane.pid)).toBe(true)
  pane.end()
  await expect.poll(async () => (await detector.sweep([pane.pid])).has(pane.pid)).toBe(false)
  expect(await detector.look(pane.pid)).toBeUndefined()
})

test('a transcript that the process holds open is its own, whatever lies beside it', async () => {
  await using stage = await AgentStage.open()
  const sessions = join(stage.folder, 'sessions', '2026')
  await mkdir(sessions, { recursive: true })
  const path = join(sessions, 'rollout-2026-11-20T21-17-54-a.jsonl')
  await writeFile(join(sessions, 'rollout-2026-11-20T20-00-00-b.jsonl'), '')
  const files = {
    live: [],
    transcripts: join(stage.folder, 'sessions'),
    binding: { type: 'open-file', name: /^rollout-.*\.jsonl$/ },
  } as const
  expect(await findTranscript(process, files)).toBeUndefined()
  await using file = await open(path, 'a')
  // A subagent's file is younger than its parent's.
  await using later = await open(join(sessions, 'rollout-2026-11-20T22-00-00-c.jsonl'), 'a')
  expect([file.fd, later.fd].every((fd) => fd > 0)).toBe(true)
  expect(await findTranscript(process, files)).toBe(path)
})

test('a folder that a pid has claimed is its own; two claims are nobody’s', async () => {
  await using stage = await AgentStage.open()
  const root = join(stage.folder, 'session-state')
  for (const name of ['one', 'two', 'three']) await mkdir(join(root, name), { recursive: true })
  const files = {
    live: [],
    transcripts: root,
    binding: { type: 'claim', names: ['inuse.77.hold', 'inuse.77.lock'], file: 'events.jsonl' },
  } as const
  expect(await findTranscript({ pid: 77 }, files)).toBeUndefined()
  await writeFile(join(root, 'one', 'inuse.78.hold'), '')
  await writeFile(join(root, 'two', 'inuse.77.lock'), '')
  expect(await findTranscript({ pid: 77 }, files)).toBe(join(root, 'two', 'events.jsonl'))
  await writeFile(join(root, 'three', 'inuse.77.hold'), '')
  expect(await findTranscript({ pid: 77 }, files)).toBeUndefined()
})
