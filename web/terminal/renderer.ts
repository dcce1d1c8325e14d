import type { Terminal } from '@xterm/xterm'

/**
 * Which renderer draws. The one made of DOM elements is the default: in software WebGL drew a
 * flood five times slower. Only the focused terminal uses the graphics card, because browsers take
 * the context away from the oldest page element beyond about 16 of them.
 */

const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|microsoft basic render/i

let hardware: boolean | undefined

/** Whether WebGL runs on a real graphics card; asked once. A hidden name counts as no. */
export function hasGraphicsCard(): boolean {
  if (hardware === undefined) {
    const gl = document.createElement('canvas').getContext('webgl2')
    const info = gl?.getExtension('WEBGL_debug_renderer_info')
    const name = gl && info ? String(gl.getParameter(info.UNMASKED_RENDERER_WEBGL)) : ''
    hardware = name !== '' && !SOFTWARE.test(name)
    gl?.getExtension('WEBGL_lose_context')?.loseContext()
  }
  return hardware
}

/**
 * Draws `terminal` with the graphics card until the signal aborts; does nothing without one. When
 * the context is lost, or the addon cannot start, the DOM renderer goes on.
 */
export async function useGraphics(terminal: Terminal, signal: AbortSignal): Promise<void> {
  if (!hasGraphicsCard()) return
  const { WebglAddon } = await import('@xterm/addon-webgl')
  if (signal.aborted) return
  const addon = new WebglAddon()
  const stop = () => addon.dispose()
  try {
    terminal.loadAddon(addon)
  } catch (error) {
    console.warn('The graphics card cannot draw this terminal:', error)
    stop()
    return
  }
  addon.onContextLoss(() => {
    signal.removeEventListener('abort', stop)
    stop()
  })
  signal.addEventListener('abort', stop, { once: true })
}
