/** Keyboards of Apple have Cmd where others have Ctrl. */
export const IS_MAC = /Mac|iPhone|iPad/.test(navigator.platform)
