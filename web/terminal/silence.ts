import type { IDisposable, Terminal } from '@xterm/xterm'
import { MOUSE_ENCODING, MOUSE_TRACKING } from './mouse.ts'

/**
 * Keeps the terminal from answering. What it says goes to a tmux client as typed keys, so only
 * what a person types may go up.
 *
 * tmux asks its client too (`CSI > c` and `CSI > q` at attach, `CSI c` in some versions), and takes
 * the first answer for itself. Measured with tmux 3.3a: without an answer it draws at once all the
 * same, has the same features, and stops waiting after 5 s without a word. A second answer, as
 * after a redraw or from a page that reconnects, is typed into the pane. So nothing is answered.
 *
 * Mouse and focus modes are kept from xterm as well; mouse.ts says why.
 */

const FOCUS_EVENTS = 1004
const KEPT = new Set([...MOUSE_TRACKING, ...MOUSE_ENCODING, FOCUS_EVENTS])

/** Swallows every query; returns the mouse modes that are set now, kept up to date. */
export function silence(terminal: Terminal): ReadonlySet<number> {
  const { parser } = terminal
  const modes = new Set<number>()
  const swallow = () => true

  // Device attributes, status and mode reports, window reports, version.
  for (const id of [
    { final: 'c' },
    { prefix: '>', final: 'c' },
    { prefix: '=', final: 'c' },
    { final: 'n' },
    { prefix: '?', final: 'n' },
    { intermediates: '$', final: 'p' },
    { prefix: '?', intermediates: '$', final: 'p' },
    { final: 't' },
    { prefix: '>', final: 'q' },
  ]) {
    parser.registerCsiHandler(id, swallow)
  }
  parser.registerDcsHandler({ intermediates: '$', final: 'q' }, swallow)
  parser.registerDcsHandler({ intermediates: '+', final: 'q' }, swallow)
  // Colours: a question is swallowed, a new value is not.
  for (const code of [4, 10, 11, 12]) {
    parser.registerOscHandler(code, (data) => data.includes('?'))
  }

  const setMode = (on: boolean) => (params: (number | number[])[]) => {
    const plain = params.map((param) => (typeof param === 'number' ? param : (param[0] ?? 0)))
    const ours = plain.filter((param) => KEPT.has(param))
    for (const param of ours) {
      if (on) modes.add(param)
      else modes.delete(param)
    }
    // Modes come one at a time from tmux; in a mixed list the others must still be obeyed, and
    // xterm then takes all of it.
    return ours.length > 0 && ours.length === plain.length
  }
  parser.registerCsiHandler({ prefix: '?', final: 'h' }, setMode(true))
  parser.registerCsiHandler({ prefix: '?', final: 'l' }, setMode(false))
  const forget = (): boolean => {
    modes.clear()
    return false
  }
  parser.registerEscHandler({ final: 'c' }, forget)
  return modes
}

/** Hands OSC 52 to `offer` as tmux's wish to put text on the clipboard; reads are never answered. */
export function catchClipboard(terminal: Terminal, offer: (data: string) => void): IDisposable {
  return terminal.parser.registerOscHandler(52, (data) => {
    offer(data)
    return true
  })
}
