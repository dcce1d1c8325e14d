import { For, Match, Show, Switch } from 'solid-js'
import type { HookState, HookView } from '../../../server/protocol.ts'
import { createAsked } from '../../state/asked.ts'
import { shortPath } from '../../state/home.ts'
import { kindName } from '../../state/kinds.ts'
import { hookStates } from '../../state/server-api.ts'
import { CommandLine } from '../../ui/CommandLine.tsx'
import { Name } from '../../ui/Name.tsx'

const STATE_MARKS: Readonly<Record<HookState, { glyph: string; tone: string; word: string }>> = {
  installed: { glyph: '●', tone: 'work', word: 'Installed' },
  absent: { glyph: '○', tone: 'idle', word: 'Not installed' },
  broken: { glyph: '▲', tone: 'needs', word: 'Needs repair' },
  unreadable: { glyph: '▲', tone: 'error', word: 'Not readable' },
}

/** How each agent reports to dogwatch, and the command that changes it. */
export function HookSettings() {
  const asked = createAsked(
    () => 'hooks',
    (_key, signal) => hookStates(signal),
  )
  return (
    <section class="settings-part" aria-labelledby="settings-hooks">
      <h3 id="settings-hooks">Hooks of the agents</h3>
      <p class="hint">
        With them an agent tells at once what it does. Without them dogwatch reads its screen and
        files, and everything works, a little later and less surely. They are changed on the machine
        itself.
      </p>
      <Switch fallback={<p class="hint">Looking</p>}>
        <Match when={asked.error()}>
          {(error) => (
            <div class="banner warn">
              <span>{error()}</span>
              <button type="button" class="btn" onClick={() => asked.again()}>
                Try again
              </button>
            </div>
          )}
        </Match>
        <Match when={asked.value()}>
          {(answer) => (
            <>
              <Show when={!answer().listening}>
                <p class="banner warn">
                  <span>
                    This dogwatch was started with --no-hooks: what they report is not read.
                  </span>
                </p>
              </Show>
              <ul class="hook-list">
                <For each={answer().hooks}>{(hook) => <HookRow hook={hook} />}</For>
              </ul>
            </>
          )}
        </Match>
      </Switch>
    </section>
  )
}

function HookRow(props: { hook: HookView }) {
  const mark = () => STATE_MARKS[props.hook.state]
  const command = () => {
    const { kind, state } = props.hook
    if (state === 'unreadable') return undefined
    return `dogwatch hooks ${state === 'installed' ? 'uninstall' : 'install'} ${kind}`
  }
  return (
    <li>
      <div class="hook-head">
        <span class={`glyph ${mark().tone}`} aria-hidden="true">
          {mark().glyph}
        </span>
        <b>{kindName(props.hook.kind)}</b>
        <span>{mark().word}</span>
        <Show when={!props.hook.detected}>
          <span class="tag">not used here so far</span>
        </Show>
        <code class="hint">
          <Name text={shortPath(props.hook.file)} />
        </code>
      </div>
      <Show when={props.hook.detail}>{(detail) => <p class="hint">{detail()}.</p>}</Show>
      <Show when={props.hook.state !== 'installed' && props.hook.optIn}>
        {(why) => <p class="hint">{why()}.</p>}
      </Show>
      <Show when={props.hook.detected && command()}>{(line) => <CommandLine text={line()} />}</Show>
    </li>
  )
}
