import { Match, Switch } from 'solid-js'
import { access } from './state/token.ts'
import { Pairing, Unpaired, Unreachable } from './ui/AccessCard.tsx'
import { Shell } from './ui/Shell.tsx'

/** The page: a card while this device may not look, the shell once it may. */
export function App() {
  const is = <Name extends ReturnType<typeof access>['name']>(name: Name) => {
    const now = access()
    return now.name === name
      ? (now as Extract<ReturnType<typeof access>, { name: Name }>)
      : undefined
  }
  return (
    <Switch>
      <Match when={is('paired')}>
        <Shell />
      </Match>
      <Match when={is('unpaired')}>{(now) => <Unpaired reason={now().reason} />}</Match>
      <Match when={is('unreachable')}>{(now) => <Unreachable retry={now().retry} />}</Match>
      <Match when={is('pairing')}>
        <Pairing />
      </Match>
    </Switch>
  )
}
