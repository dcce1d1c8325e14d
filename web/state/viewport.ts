import { onCleanup } from 'solid-js'

/**
 * Keeps the app as tall as what is really visible. A soft keyboard shrinks the visual viewport
 * only (iOS), or the layout viewport too (Android with interactive-widget); both end up in
 * `--app-height` and `--app-top`, so that no row hides behind the keyboard and the page never
 * scrolls. While the page itself is pinched larger the visual viewport says nothing of keyboards.
 */
export function followViewport(): void {
  const viewport = window.visualViewport
  if (!viewport) return
  const style = document.documentElement.style
  const follow = () => {
    if (viewport.scale > 1.01) return
    style.setProperty('--app-height', `${viewport.height}px`)
    style.setProperty('--app-top', `${viewport.offsetTop}px`)
  }
  const life = new AbortController()
  const { signal } = life
  viewport.addEventListener('resize', follow, { signal })
  viewport.addEventListener('scroll', follow, { signal })
  follow()
  onCleanup(() => life.abort())
}
