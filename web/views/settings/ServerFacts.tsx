import { For, type JSX, Show } from 'solid-js'
import { createAsked } from '../../state/asked.ts'
import { since } from '../../state/clock.ts'
import { serverStatus } from '../../state/server-api.ts'
import { ageText, agoText, counted, exactTime } from '../../state/words.ts'
import { useApp } from '../../ui/context.ts'
import { SCOPE_WORDS } from '../../ui/scopes.ts'

/** Bytes as people read them: `940 B`, `12.4 MB`. */
function bytesText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB']
  let value = bytes
  let unit = 0
  while (value >= 1_000 && unit < units.length - 1) {
    value /= 1_000
    unit += 1
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`
}

function Fact(props: { name: string; children: JSX.Element }) {
  return (
    <div>
      <dt>{props.name}</dt>
      <dd>{props.children}</dd>
    </div>
  )
}

/** An age with the exact moment on hover. */
function Ago(props: { at: number }) {
  return <span title={new Date(props.at).toLocaleString()}>{agoText(since(props.at))}</span>
}

/** How much is stored, and whether that works. */
export function StorageFacts() {
  const { feed } = useApp().live
  return (
    <section class="settings-part" aria-labelledby="settings-storage">
      <h3 id="settings-storage">Storage</h3>
      <Show when={feed.storage}>
        {(storage) => (
          <>
            <dl class="facts-list">
              <Fact name="State">
                <Show when={storage().state === 'saving'} fallback="Not saving">
                  Everything is saved
                </Show>
                , for{' '}
                <span title={exactTime(storage().since)}>{ageText(since(storage().since))}</span>
              </Fact>
              <Fact name="Size">{bytesText(storage().bytes)}</Fact>
              <Show when={storage().gaveWay}>
                {(count) => (
                  <Fact name="Given up">{counted(count(), 'snapshot')}, for a full disk</Fact>
                )}
              </Show>
              <Fact name="Newest backup">
                <Show when={storage().backupAt} fallback="None yet; one is made every day">
                  {(at) => <Ago at={at()} />}
                </Show>
              </Fact>
            </dl>
            <For each={[storage().writeFault, storage().loadFault]}>
              {(fault) => (
                <Show when={fault}>
                  <p class="banner warn">
                    <span>{fault}</span>
                  </p>
                </Show>
              )}
            </For>
          </>
        )}
      </Show>
    </section>
  )
}

/** Who this device is, who else may look in, and what runs on the other side. */
export function ServerFacts() {
  const app = useApp()
  const { feed } = app.live
  const asked = createAsked(
    () => feed.boot || undefined,
    (_key, signal) => serverStatus(signal),
  )
  return (
    <>
      <section class="settings-part" aria-labelledby="settings-access">
        <h3 id="settings-access">Devices and access</h3>
        <p class="hint">This device {SCOPE_WORDS[feed.scope]}.</p>
        <Show when={app.mayManage()}>
          <div>
            <button type="button" class="btn" onClick={() => app.showDialog({ name: 'devices' })}>
              Devices, and a link for one more
            </button>
          </div>
        </Show>
      </section>
      <section class="settings-part" aria-labelledby="settings-about">
        <h3 id="settings-about">About</h3>
        <dl class="facts-list">
          <Fact name="Version">
            dogwatch {feed.version || __VERSION__}
            <Show when={feed.version && feed.version !== __VERSION__}>
              , this page {__VERSION__}
            </Show>
          </Fact>
          <Fact name="Machine">{feed.host}</Fact>
          <Show when={asked.value()}>
            {(status) => (
              <>
                <Fact name="Running for">
                  <span title={new Date(status().startedAt).toLocaleString()}>
                    {ageText(since(status().startedAt))}
                  </span>
                </Fact>
                <Fact name="Reached at">{status().addresses.join(', ')}</Fact>
                <Fact name="tmux">
                  {status()
                    .servers.map(({ label, version }) => `${label}${version ? ` ${version}` : ''}`)
                    .join(', ')}
                </Fact>
                <Fact name="Open now">
                  {counted(status().sessions, 'session')}, {counted(status().viewers, 'terminal')}{' '}
                  looked at
                </Fact>
              </>
            )}
          </Show>
        </dl>
        <Show when={asked.error()}>{(error) => <p class="form-error">{error()}</p>}</Show>
      </section>
    </>
  )
}
