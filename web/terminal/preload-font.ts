import regular from './fonts/dogwatch-mono-regular.woff2?url'

/** Has the browser fetch the terminal's letters beside its code, which would ask for them later. */
export function preloadFont(): void {
  const link = document.createElement('link')
  Object.assign(link, { rel: 'preload', as: 'font', type: 'font/woff2', href: regular })
  // Fonts are always asked for without credentials; another mode would fetch it twice.
  link.crossOrigin = 'anonymous'
  document.head.append(link)
}
