import { type Key, readKeys } from './keys.ts'
import { drawScene, type Scene, type Skin } from './scene.ts'

/** The terminal of a pretended agent: draws scenes, and tells of keys. */
export class Terminal {
  readonly #skin: Skin
  #drawn = ''

  constructor(skin: Skin) {
    this.#skin = skin
  }

  get cols(): number {
    return process.stdout.columns || 80
  }

  /** Takes the terminal; `hear` is told of every key, `resized` of every new size. */
  open(hear: (key: Key) => void, resized: () => void): void {
    process.stdin.setRawMode?.(true)
    process.stdin.setEncoding('utf8').on('data', (input: string) => {
      for (const key of readKeys(input)) hear(key)
    })
    process.stdout.on('resize', () => {
      this.#drawn = ''
      resized()
    })
    // No wrapping: a row that is too long is cut. Pastes come in brackets, without a cursor.
    const screen = this.#skin.alternate ? '\x1b[?1049h' : ''
    process.stdout.write(`${screen}\x1b[?7l\x1b[?25l\x1b[?2004h\x1b[2J`)
  }

  draw(scene: Scene): void {
    const rows = drawScene(this.#skin, scene, process.stdout.rows || 24)
    // Cleared before it is drawn: behind a row of full width the cursor stands on its last column.
    const text = rows.map((row) => `\x1b[0m\x1b[K${row}`).join('\r\n')
    const whole = `\x1b]2;${this.#skin.terminalTitle(scene)}\x07\x1b[H${text}`
    if (whole === this.#drawn) return
    this.#drawn = whole
    process.stdout.write(whole)
  }

  /** Gives it back as it was. */
  close(): void {
    const screen = this.#skin.alternate ? '\x1b[?1049l' : '\r\n'
    process.stdout.write(`\x1b[?2004l\x1b[?25h\x1b[?7h${screen}`)
  }
}
