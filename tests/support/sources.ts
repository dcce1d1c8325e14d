import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

export const ROOT = resolve(import.meta.dirname, '../..')

/** One source file of ours. */
export interface Source {
  /** Path below the root of the project. */
  path: string
  text: string
  /** Files of ours it imports, types included, as paths below the root. */
  imports: string[]
  /** Whole packages it imports by name. */
  packages: string[]
}

/** `from 'x'` of imports and exports, `import 'x'` and `import('x')`. */
const IMPORTS = [/\bfrom\s+'([^'\n]+)'/g, /^import\s+'([^'\n]+)'/gm, /\bimport\(\s*'([^'\n]+)'/g]

/** Every TypeScript file below these folders. */
export function readSources(...folders: string[]): Source[] {
  return folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name) && !name.endsWith('.d.ts'))
      .sort()
      .map((name) => readSource(join(folder, name))),
  )
}

function readSource(path: string): Source {
  const text = readFileSync(join(ROOT, path), 'utf8')
  const code = text.replace(/^\s*(?:\/\/|\/?\*).*$/gm, '')
  const named = IMPORTS.flatMap((pattern) =>
    [...code.matchAll(pattern)].map((match) => match[1] ?? ''),
  )
  const own = named.filter((name) => name.startsWith('.'))
  return {
    path,
    text,
    imports: own.map((name) => join(dirname(path), name.replace(/\?.*$/, ''))),
    packages: named.filter((name) => !name.startsWith('.')),
  }
}
