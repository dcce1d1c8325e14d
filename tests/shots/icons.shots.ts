import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'playwright/test'

const PUBLIC = join(import.meta.dirname, '../../web/public')

/** `art`: how much of the side the drawing takes; what a mask may cut off is filled to the edge. */
const ICONS = [
  { file: 'icon-192.png', side: 192, art: 1 },
  { file: 'icon-512.png', side: 512, art: 1 },
  { file: 'icon-180.png', side: 180, art: 1, ground: '#141922' },
  { file: 'icon-maskable-512.png', side: 512, art: 0.8, ground: '#141922' },
] as const

test('icons of the installed app, from the one drawing', async ({ page }, info) => {
  test.skip(info.project.name === 'phone', 'once is enough')
  const svg = readFileSync(join(PUBLIC, 'icon.svg')).toString('base64')
  for (const icon of ICONS) {
    const { file, side, art } = icon
    const ground = 'ground' in icon ? icon.ground : 'transparent'
    await page.setViewportSize({ width: side, height: side })
    await page.setContent(
      `<body style="margin:0;display:grid;place-items:center;height:100vh;background:${ground}">
       <img width="${side * art}" src="data:image/svg+xml;base64,${svg}">`,
    )
    await page.screenshot({
      path: join(PUBLIC, file),
      omitBackground: true,
      clip: { x: 0, y: 0, width: side, height: side },
      scale: 'css',
    })
  }
})
