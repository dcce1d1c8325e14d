import { Match, Switch } from 'solid-js'
import '../style/form.css'
import '../style/dialog.css'
import '../style/palette.css'
import '../style/starts.css'
import type { DialogName } from './context.ts'
import { DevicesDialog } from './DevicesDialog.tsx'
import { KillDialog } from './KillDialog.tsx'
import { NewSessionDialog } from './NewSessionDialog.tsx'
import { Palette } from './Palette.tsx'
import { PromptSeveralDialog } from './PromptSeveralDialog.tsx'
import { ShortcutsDialog } from './ShortcutsDialog.tsx'

/** All dialogs, in one piece of code that loads when the first one opens. */
export function Dialogs(props: { dialog: DialogName; onClose(then?: () => void): void }) {
  const is = <Name extends DialogName['name']>(name: Name) =>
    props.dialog.name === name ? (props.dialog as Extract<DialogName, { name: Name }>) : undefined
  return (
    <Switch>
      <Match when={is('new-session')}>
        {(dialog) => <NewSessionDialog server={dialog().server} onClose={props.onClose} />}
      </Match>
      <Match when={is('prompt-several')}>
        <PromptSeveralDialog onClose={props.onClose} />
      </Match>
      <Match when={is('kill')}>
        {(dialog) => <KillDialog session={dialog().session} onClose={props.onClose} />}
      </Match>
      <Match when={is('devices')}>
        <DevicesDialog onClose={props.onClose} />
      </Match>
      <Match when={is('palette')}>
        {(dialog) => (
          <Palette
            beside={dialog().beside ?? false}
            typed={dialog().typed ?? ''}
            onClose={props.onClose}
          />
        )}
      </Match>
      <Match when={is('shortcuts')}>
        <ShortcutsDialog onClose={props.onClose} />
      </Match>
    </Switch>
  )
}
