/**
 * Every act of the page that has words and, most of them, keys. The palette, the help sheet and the
 * listener for keys read this table and no other; what an act does stands in ui/acts.ts. Pure.
 *
 * Which keys may be given: a terminal sends the bytes of single keys, of Ctrl+letter, Alt+letter and
 * of every arrow and function key, with Shift or without. It sends nothing for Ctrl+Shift+letter,
 * and on a Mac nothing for Cmd. `Mod` is Cmd on a Mac and Ctrl elsewhere, so that `Mod+Shift+letter`
 * works wherever the focus is. A single key works only where nothing is typed, and belongs to acts
 * that change nothing by themselves: who types into a terminal that has just lost the focus must not
 * answer an agent. N, T and W are the browser's, with C, V and Z a field edits, U and E belong to
 * input methods, and I, J, C and R are what people press who write the pages themselves.
 */

export const ACT_GROUPS = ['Needs you', 'Go', 'Session', 'Views', 'Beside', 'Page'] as const
export type ActGroup = (typeof ACT_GROUPS)[number]

interface Row {
  id: string
  group: ActGroup
  words: string
  /** `n`, `?`, `Mod+K`, `Mod+Shift+L`; the first is the one that is shown beside a button. */
  keys: readonly string[]
}

export const ACTS = [
  {
    id: 'next-need',
    group: 'Needs you',
    words: 'Next that needs you',
    keys: ['n', 'Mod+Shift+A'],
  },
  { id: 'allow', group: 'Needs you', words: 'Allow once', keys: ['Mod+Shift+O'] },
  { id: 'deny', group: 'Needs you', words: 'Deny', keys: ['Mod+Shift+X'] },
  { id: 'snooze', group: 'Needs you', words: 'Snooze for an hour', keys: ['Mod+Shift+H'] },
  { id: 'dismiss', group: 'Needs you', words: 'Dismiss', keys: ['Mod+Shift+D'] },
  { id: 'why', group: 'Needs you', words: 'Why it says so', keys: ['e'] },

  { id: 'palette', group: 'Go', words: 'Find and do anything', keys: ['Mod+K', 'Mod+Shift+K'] },
  { id: 'find', group: 'Go', words: 'Find a session in the list', keys: ['/'] },
  { id: 'list', group: 'Go', words: 'Leave the terminal for the list', keys: ['Mod+Shift+L'] },
  { id: 'row-down', group: 'Go', words: 'Next row of the list', keys: ['j'] },
  { id: 'row-up', group: 'Go', words: 'Row before in the list', keys: ['k'] },
  { id: 'type', group: 'Go', words: 'Type into the terminal', keys: ['i'] },
  { id: 'message', group: 'Go', words: 'Write a message', keys: ['m', 'Mod+Shift+M'] },
  { id: 'next-tab', group: 'Go', words: 'Next open terminal', keys: [']'] },
  { id: 'previous-tab', group: 'Go', words: 'Open terminal before', keys: ['['] },
  { id: 'search', group: 'Go', words: 'Search everything', keys: ['s', 'Mod+Shift+F'] },
  { id: 'recovery', group: 'Go', words: 'What was lost, and the way back', keys: ['l'] },
  { id: 'wall', group: 'Go', words: 'Wall of all sessions', keys: ['w'] },

  { id: 'new-session', group: 'Session', words: 'New session', keys: ['c'] },
  { id: 'prompt-several', group: 'Session', words: 'Prompt several agents', keys: ['p'] },
  { id: 'rename', group: 'Session', words: 'Rename the session', keys: ['r'] },
  { id: 'kill', group: 'Session', words: 'End the session…', keys: ['x'] },
  { id: 'fit', group: 'Session', words: 'Fit to this screen, or give it back', keys: ['f'] },
  { id: 'history', group: 'Session', words: 'Scrollback and search', keys: ['b'] },
  { id: 'text', group: 'Session', words: 'Screen as text', keys: ['v'] },
  { id: 'attach', group: 'Session', words: 'Copy attach command', keys: ['y'] },
  { id: 'close', group: 'Session', words: 'Close the terminal; the session goes on', keys: ['q'] },

  { id: 'view-terminal', group: 'Views', words: 'Terminal', keys: ['1'] },
  { id: 'view-conversation', group: 'Views', words: 'Conversation', keys: ['2'] },
  { id: 'view-timeline', group: 'Views', words: 'Timeline', keys: ['3'] },
  { id: 'view-changes', group: 'Views', words: 'Changes', keys: ['4'] },
  { id: 'step-back', group: 'Views', words: 'Prompt or moment before', keys: ['<'] },
  { id: 'step-on', group: 'Views', words: 'Next prompt or moment', keys: ['>'] },

  { id: 'beside', group: 'Beside', words: 'Show a session beside this one', keys: ['Mod+Shift+B'] },
  { id: 'next-part', group: 'Beside', words: 'To the next terminal beside', keys: ['Mod+Shift+G'] },
  { id: 'leave', group: 'Beside', words: 'Take this terminal out of the split', keys: ['o'] },
  { id: 'alone', group: 'Beside', words: 'Show only this terminal', keys: ['z'] },

  { id: 'settings', group: 'Page', words: 'Settings', keys: [','] },
  { id: 'devices', group: 'Page', words: 'Devices', keys: ['d'] },
  { id: 'theme', group: 'Page', words: 'Switch between dark and light', keys: ['t'] },
  { id: 'shortcuts', group: 'Page', words: 'Keyboard shortcuts', keys: ['?'] },
] as const satisfies readonly Row[]

export type ActId = (typeof ACTS)[number]['id']

/** Where a key is pressed. `dialog`: one is open over the page, and has every key. */
export type Zone = 'page' | 'terminal' | 'field' | 'dialog'

/** What of a keyboard event is looked at. */
export type Press = Pick<
  KeyboardEvent,
  'key' | 'code' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'
>

/** The letter on the key in capitals, by its place where the layout has none of the alphabet. */
function letterOf({ key, code }: Press): string | undefined {
  if (/^[a-z]$/i.test(key)) return key.toUpperCase()
  const isLatin = /^[\u0020-\u024f]$/.test(key)
  return isLatin ? undefined : /^Key([A-Z])$/.exec(code)?.[1]
}

/** A press as the table writes it; undefined where it can be none of it. */
function chordOf(press: Press, isMac: boolean): string | undefined {
  const mod = isMac ? press.metaKey : press.ctrlKey
  const other = isMac ? press.ctrlKey : press.metaKey
  if (press.altKey || other) return undefined
  if (!mod) return press.key.length === 1 ? press.key : undefined
  const letter = letterOf(press)
  return letter && `Mod+${press.shiftKey ? 'Shift+' : ''}${letter}`
}

/** Whether a chord means nothing to what has the focus there. */
function isFree(chord: string, zone: Zone, isMac: boolean): boolean {
  switch (zone) {
    case 'page':
      return true
    case 'field':
      return chord.startsWith('Mod+')
    case 'terminal':
      return chord.startsWith(isMac ? 'Mod+' : 'Mod+Shift+')
    case 'dialog':
      return false
    default:
      return zone satisfies never
  }
}

/** The act that a press asks for there; undefined leaves the press to whatever has the focus. */
export function actOf(press: Press, zone: Zone, isMac: boolean): ActId | undefined {
  const chord = chordOf(press, isMac)
  if (chord === undefined || !isFree(chord, zone, isMac)) return undefined
  return ACTS.find(({ keys }) => (keys as readonly string[]).includes(chord))?.id
}

/** A chord as a person reads it: `Ctrl+Shift+L`, on a Mac `⇧⌘L`; a single letter in capitals. */
export function keyWords(chord: string, isMac: boolean): string {
  if (!chord.startsWith('Mod+')) return chord.toUpperCase()
  if (!isMac) return chord.replace('Mod', 'Ctrl')
  return `${chord.includes('Shift') ? '⇧' : ''}⌘${chord.slice(-1)}`
}

/** The keys of an act as the attribute aria-keyshortcuts wants them. */
export function ariaKeys(id: ActId, isMac: boolean): string | undefined {
  const keys = ACTS.find((act) => act.id === id)?.keys.map((chord: string) =>
    chord.replace('Mod', isMac ? 'Meta' : 'Control'),
  )
  return keys?.length ? keys.join(' ') : undefined
}
