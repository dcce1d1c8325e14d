/** Limits that both ends obey; beyond them the server refuses with `too-large` or drops as written. */
export const LIMITS = {
  /** Bytes of one prompt or paste (swimmers' limit, met in practice). */
  promptBytes: 786_432,
  /** Bytes of one attached file: pictures of every camera, no films. */
  attachmentBytes: 20_971_520,
  /** Bytes of one binary key frame; the page cuts longer input. */
  keyFrameBytes: 65_536,
  /** Bytes of one text frame. */
  textFrameBytes: 16_384,
  /** Bytes in flight to a viewer before output is dropped and redrawn. */
  inFlightBytes: 131_072,
  /** The page acknowledges at least every so many bytes. */
  ackBytes: 16_384,
  /** Lines of one history slice: a capture of 1,000 lines holds tmux for about 4 ms. */
  historySlice: 1_000,
  minCols: 20,
  maxCols: 500,
  minRows: 5,
  maxRows: 200,
  nameLength: 300,
  /** Sessions that one start makes; so many agents at once are a lot for any machine. */
  startRows: 32,
  startPromptBytes: 65_536,
  viewersPerSession: 16,
  sockets: 256,
  /** Socket tickets in one answer. */
  ticketsAtOnce: 8,
} as const
