import { expect, test } from 'playwright/test'
import { readSources, type Source } from './support/sources.ts'

/**
 * The floors of the program: a file imports from below, and beside itself only where said.
 * Types count as imports.
 */
const FLOORS: { name: string; holds: RegExp; may: RegExp }[] = [
  { name: 'the wire', holds: /^server\/protocol(?:\.ts$|\/)/, may: /^server\/protocol\// },
  { name: 'lib', holds: /^server\/lib\//, may: /^server\/lib\// },
  {
    name: 'log, flags and configuration',
    holds: /^server\/(?:log|flags|config|headers)\.ts$/,
    may: /^server\/(?:log|flags|protocol|lib\/.*)(?:\.ts)?$/,
  },
  {
    name: 'database',
    holds: /^db\//,
    may: /^(?:db\/|server\/(?:protocol|log)\.ts$|server\/lib\/)/,
  },
  {
    name: 'tmux',
    holds: /^server\/tmux\//,
    may: /^(?:server\/tmux\/|server\/(?:protocol|log)\.ts$|server\/lib\/)/,
  },
  {
    name: 'agents',
    holds: /^server\/agents\//,
    may: /^(?:server\/agents\/|server\/(?:protocol|log)\.ts$|server\/lib\/)/,
  },
  {
    name: 'core',
    holds: /^server\/core\//,
    may: /^(?:server\/(?:core|tmux|agents|lib)\/|db\/|server\/(?:protocol|log|config)\.ts$)/,
  },
  {
    name: 'routes',
    holds: /^server\/routes\//,
    may: /^(?:server\/(?:routes|core|tmux|agents|lib)\/|db\/|server\/(?:protocol|log)\.ts$)/,
  },
  {
    name: 'sockets',
    holds: /^server\/sockets\//,
    may: /^(?:server\/(?:sockets|core|tmux|agents|lib)\/|db\/|server\/(?:protocol|log)\.ts$)/,
  },
  {
    name: 'command line',
    holds: /^server\/cli\//,
    may: /^(?:server\/(?:cli|core|tmux|agents|lib)\/|db\/|server\/(?:protocol|log|config|flags)\.ts$)/,
  },
  {
    name: 'demo',
    holds: /^server\/demo\//,
    may: /^server\/(?:demo\/|tmux\/command\.ts$|protocol\.ts$|lib\/)/,
  },
  { name: 'gate', holds: /^server\/gate\.ts$/, may: /^server\/(?:core\/|protocol\.ts|log\.ts)/ },
  {
    name: 'app, listeners and addresses',
    holds: /^server\/(?:app|listen|addresses)\.ts$/,
    may: /^server\/(?!main\.ts|serve\.ts|cli\/)/,
  },
  { name: 'start', holds: /^server\/(?:serve|demo)\.ts$/, may: /^(?:server\/(?!main\.ts)|db\/)/ },
  { name: 'program', holds: /^server\/main\.ts$/, may: /^(?:server\/|db\/)/ },
  { name: 'page', holds: /^web\//, may: /^(?:web\/|server\/protocol\.ts$)/ },
]

const sources = readSources('server', 'db', 'web')

test('every file stands on a floor, and imports only from where that floor may', () => {
  const faults: string[] = []
  for (const { path, imports } of sources) {
    const floor = FLOORS.find(({ holds }) => holds.test(path))
    if (!floor) faults.push(`${path} is on no floor`)
    for (const target of imports) {
      if (floor && !floor.may.test(target)) faults.push(`${path} (${floor.name}) imports ${target}`)
    }
  }
  expect(faults).toEqual([])
  const counted = (path: string) => sources.find((source) => source.path === path)?.imports
  expect(counted('server/main.ts')).toContain('server/serve.ts')
  expect(counted('server/app.ts')).toContain('server/gate.ts')
  expect(counted('web/main.ts')?.length).toBeGreaterThan(0)
})

test('the wire imports nothing at all, and the page none of the server packages', () => {
  const wire = sources.filter(({ path }) => /^server\/protocol(?:\.ts$|\/)/.test(path))
  expect(wire.length).toBeGreaterThan(1)
  for (const { path, packages, text } of wire) {
    expect(packages, path).toEqual([])
    expect(text, path).not.toMatch(/^import (?!type )/m)
  }
  const own = (path: string) => path.startsWith('web/')
  const serverOnly =
    /^(?:node:|hono|@hono\/|better-sqlite3|drizzle-orm|node-pty|pino|ws$|prom-client)/
  for (const { path, packages } of sources.filter((source) => own(source.path))) {
    expect(
      packages.filter((name) => serverOnly.test(name)),
      path,
    ).toEqual([])
  }
})

test('no files import each other in a circle', () => {
  const byPath = new Map(sources.map((source) => [source.path, source]))
  const done = new Set<string>()
  const circles: string[] = []
  const visit = (source: Source, trail: string[]) => {
    const at = trail.indexOf(source.path)
    if (at >= 0) {
      circles.push([...trail.slice(at), source.path].join(' -> '))
      return
    }
    if (done.has(source.path)) return
    for (const target of source.imports) {
      const next = byPath.get(target)
      if (next) visit(next, [...trail, source.path])
    }
    done.add(source.path)
  }
  for (const source of sources) visit(source, [])
  expect(circles).toEqual([])
})

test('every import of a file of ours names a file that is there', () => {
  const paths = new Set(sources.map(({ path }) => path))
  const known = (target: string) => paths.has(target) || !/\.tsx?$/.test(target)
  for (const { path, imports } of sources) {
    const missing = imports.filter((target) => !known(target) && !target.endsWith('.d.ts'))
    expect(missing, path).toEqual([])
  }
})

test('files stay small enough to read', () => {
  const all = [...sources, ...readSources('tests')]
  const lines = all.map(({ text }) => text.split('\n').length).sort((a, b) => a - b)
  const long = all.filter(({ text }) => text.split('\n').length > 450).map(({ path }) => path)
  expect(long).toEqual([])
  expect(lines[Math.floor(lines.length / 2)]).toBeLessThanOrEqual(130)
  expect(lines[Math.floor(lines.length * 0.9)]).toBeLessThanOrEqual(320)
})

/** What is started by itself: dogwatch, and the agents that its demo pretends. */
const PROGRAMS = new Set(['server/main.ts', 'server/demo/player.ts'])

test('only the program reads the command line and ends the process', () => {
  for (const { path, text } of sources) {
    if (PROGRAMS.has(path) || path.startsWith('web/')) continue
    expect(text, path).not.toMatch(/(?<![.\w])process\.(?:argv|exit\(|exitCode)/)
  }
})

test('code says what it means: no escape hatches of the type checker, no leftovers', () => {
  const hatches =
    /@ts-ignore|@ts-nocheck|@ts-expect-error|biome-ignore (?!lint\/a11y\/\w+: \w)|\b(?:TODO|FIXME|XXX)\b/
  for (const { path, text } of sources) {
    const found = text.split('\n').filter((line) => hatches.test(line))
    expect(found, path).toEqual([])
  }
})
