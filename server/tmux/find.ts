import type { TmuxServer } from './server.ts'

/** More panes than this are not named: nobody reads more results. */
const MAX_PANES = 50
/** tmux tries the pattern on every row of every pane, so it is kept short. In characters. */
const MAX_PATTERN_CHARS = 60

/**
 * Panes (`%3`) whose visible screen may show a text, whatever its case. tmux looks by itself, in one
 * command for all panes: with 60 panes in 9 ms, where capturing them all takes ten times as long.
 * It finds too much rather than too little; whoever reads the screens then sees what is there.
 */
export async function findPanes(server: TmuxServer, text: string): Promise<string[]> {
  const output = await server.run([
    'list-panes',
    '-a',
    '-f',
    `#{C/ri:${patternOf(text)}}`,
    '-F',
    '#{pane_id}',
  ])
  return output.split('\n').filter(Boolean).slice(0, MAX_PANES)
}

/**
 * The text as a regular expression inside of a format, where most signs mean something: only letters
 * and digits stand for themselves, each other character may be any.
 */
export function patternOf(text: string): string {
  return [...text]
    .slice(0, MAX_PATTERN_CHARS)
    .map((character) => (/[\p{L}\p{N}]/u.test(character) ? character : '.'))
    .join('')
}
