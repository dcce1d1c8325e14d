import { Dialog } from '@kobalte/core/dialog'
import X from 'lucide-solid/icons/x'
import type { JSX } from 'solid-js'

/**
 * A dialog over the page. The focus starts at `data-first`; on a touch screen not in a field of a
 * form, because that opens a keyboard over half of what there is to choose. Keeps the focus, closes
 * on Escape and outside, gives the focus back.
 */
export function Modal(props: {
  title: string
  /** A class beside `dialog`, for one that looks another way. */
  class?: string
  children: JSX.Element
  onClose(): void
  /** Closing would interrupt something; only its own buttons end it. */
  busy?: boolean
}) {
  let content: HTMLDivElement | undefined
  return (
    <Dialog
      open={true}
      onOpenChange={(open) => {
        if (!open && !props.busy) props.onClose()
      }}
    >
      <Dialog.Portal>
        <Dialog.Overlay class="shade" />
        <div class="dialog-place">
          <Dialog.Content
            ref={content}
            class={`dialog ${props.class ?? ''}`}
            onOpenAutoFocus={(event) => {
              // Otherwise the first thing to press has the focus, which is the cross.
              const first = content?.querySelector<HTMLElement>('[data-first]')
              if (!first) return
              event.preventDefault()
              const opensKeyboard = first.matches('form :is(input, textarea)')
              if (opensKeyboard && matchMedia('(pointer: coarse)').matches) content?.focus()
              else first.focus()
            }}
          >
            <div class="dialog-head">
              <Dialog.Title class="dialog-title">{props.title}</Dialog.Title>
              <Dialog.CloseButton class="btn quiet icon" aria-label="Close" disabled={props.busy}>
                <X aria-hidden="true" />
              </Dialog.CloseButton>
            </div>
            {props.children}
          </Dialog.Content>
        </div>
      </Dialog.Portal>
    </Dialog>
  )
}
