import { For, Match, Show, Switch } from 'solid-js'
import type { GuardView } from '../../../server/protocol.ts'
import { CommandLine } from '../../ui/CommandLine.tsx'
import { useApp } from '../../ui/context.ts'
import { PageFrame } from '../../ui/PageFrame.tsx'
import { LostServer } from './LostServer.tsx'
import '../../style/recovery.css'

/** What ran where when tmux or the machine died, and the way back. */
export function Recovery() {
  const { recovery } = useApp()
  return (
    <PageFrame title="Recovery">
      <Show when={recovery.value()?.guard}>{(guard) => <Guard guard={guard()} />}</Show>
      <Switch fallback={<p class="hint">Looking at what was lost</p>}>
        <Match when={recovery.error()}>
          {(error) => (
            <div class="empty" data-testid="recovery-error">
              <h2>What was lost cannot be read now</h2>
              <p>{error()}</p>
              <button type="button" class="btn" onClick={() => recovery.again()}>
                Try again
              </button>
            </div>
          )}
        </Match>
        <Match when={recovery.value()?.lost.length === 0}>
          <div class="empty">
            <h2>Nothing is lost</h2>
            <p>
              When tmux or the machine dies, what ran then stands here: sessions, folders, agents
              with their last screen, and the way back.
            </p>
          </div>
        </Match>
        <Match when={recovery.value()}>
          {(answer) => (
            <For each={answer().lost.map(({ id }) => id)}>
              {(id) => (
                <Show when={answer().lost.find((one) => one.id === id)}>
                  {(lost) => (
                    <LostServer
                      lost={lost()}
                      agents={answer().agents.filter((agent) => agent.lost === id)}
                    />
                  )}
                </Show>
              )}
            </For>
          )}
        </Match>
      </Switch>
    </PageFrame>
  )
}

/** Whether the next logout would end tmux, and what keeps it from that. */
function Guard(props: { guard: GuardView }) {
  return (
    <Show
      when={props.guard.state === 'at-risk'}
      fallback={<p class="hint">{props.guard.detail}</p>}
    >
      <section class="guard warn" aria-label="tmux is at risk" data-testid="guard">
        <h3>tmux would not outlive your logout</h3>
        <p>{props.guard.detail} Run this on the machine:</p>
        <For each={props.guard.fix}>{(line) => <CommandLine text={line} />}</For>
      </section>
    </Show>
  )
}
