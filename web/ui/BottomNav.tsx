import Bell from 'lucide-solid/icons/bell'
import LayoutGrid from 'lucide-solid/icons/layout-grid'
import List from 'lucide-solid/icons/list'
import Search from 'lucide-solid/icons/search'
import Settings from 'lucide-solid/icons/settings-2'
import { For, Show } from 'solid-js'
import { Dynamic } from 'solid-js/web'
import { type Place, pathOf } from '../state/place.ts'
import { useApp } from './context.ts'

const PLACES = [
  { place: { page: 'list' }, label: 'Needs you', icon: Bell },
  { place: { page: 'sessions' }, label: 'Sessions', icon: List },
  { place: { page: 'wall' }, label: 'Wall', icon: LayoutGrid },
  { place: { page: 'search' }, label: 'Search', icon: Search },
  { place: { page: 'settings' }, label: 'Settings', icon: Settings },
] as const satisfies readonly { place: Place; label: string; icon: typeof Bell }[]

/** The ways around of a phone, under the thumb. A terminal needs its place for keys. */
export function BottomNav() {
  const { needPlaces, place, wide } = useApp()
  const waiting = () => needPlaces().length
  const isShown = () => !wide() && place().page !== 'session' && place().page !== 'agent'
  return (
    <Show when={isShown()}>
      <nav class="bottom-nav" aria-label="Pages">
        <For each={PLACES}>
          {(one) => (
            <a
              href={pathOf(one.place)}
              aria-current={place().page === one.place.page ? 'page' : undefined}
            >
              <Dynamic component={one.icon} aria-hidden="true" />
              <span>
                <span class="label">{one.label}</span>
                <Show when={one.place.page === 'list' && waiting() > 0}>
                  {' '}
                  <b class="needs">{waiting()}</b>
                </Show>
              </span>
            </a>
          )}
        </For>
      </nav>
    </Show>
  )
}
