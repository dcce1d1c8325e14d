/** How many need the person, on the tab's icon and on the icon of the installed app. */

const SIDE = 64
const PLAIN = '/icon.svg'

let newest = 0

/** Shows the count; 0 shows the icons alone. */
export async function showCount(count: number): Promise<void> {
  newest = count
  const href = count === 0 ? PLAIN : await numbered(count)
  // What is drawn takes its time, and fewer may need somebody by then.
  if (count !== newest) return
  const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]')
  if (link) link.href = href
  try {
    if (count === 0) await navigator.clearAppBadge?.()
    else await navigator.setAppBadge?.(count)
  } catch {
    // Not installed, or not allowed to: the title and the tab's icon say it.
  }
}

async function numbered(count: number): Promise<string> {
  const canvas = document.createElement('canvas')
  canvas.width = SIDE
  canvas.height = SIDE
  const pen = canvas.getContext('2d')
  if (!pen) return PLAIN
  const icon = new Image(SIDE, SIDE)
  icon.src = PLAIN
  try {
    await icon.decode()
    pen.drawImage(icon, 0, 0, SIDE, SIDE)
  } catch {
    // The server is gone and the icon was not kept: the number stands alone.
  }
  pen.fillStyle = '#c62828'
  pen.beginPath()
  pen.roundRect(20, 24, 44, 40, 12)
  pen.fill()
  pen.fillStyle = '#ffffff'
  pen.font = 'bold 34px sans-serif'
  pen.textAlign = 'center'
  pen.fillText(count > 9 ? '9+' : String(count), 42, 57)
  return canvas.toDataURL()
}
