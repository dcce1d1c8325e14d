// Preloaded into the program by `NODE_OPTIONS`: its clock is ahead by AHEAD_MS milliseconds.
const ahead = Number(process.env.AHEAD_MS)
const Now = globalThis.Date

globalThis.Date = class extends Now {
  static now() {
    return Now.now() + ahead
  }

  /** @param {[]} given */
  constructor(...given) {
    super(...(given.length > 0 ? given : [Now.now() + ahead]))
  }
}
