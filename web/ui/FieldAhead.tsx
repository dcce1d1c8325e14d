/** A plain field that is there at once, for what is typed while the code of its box is on its way. */
export function FieldAhead(props: {
  label: string
  id?: string
  value?: string
  /** Takes no focus where that would open a keyboard over the page. */
  idle?: boolean
  onType(text: string): void
}) {
  return (
    <input
      ref={(element) => {
        if (!props.idle) queueMicrotask(() => element.focus())
      }}
      id={props.id}
      class="field ahead"
      aria-label={props.label}
      autocomplete="off"
      autocapitalize="off"
      spellcheck={false}
      value={props.value ?? ''}
      onInput={(event) => props.onType(event.currentTarget.value)}
    />
  )
}
