import Copy from 'lucide-solid/icons/copy'
import { useApp } from './context.ts'
import '../style/command.css'

/** A command for a terminal of the machine, to be copied. */
export function CommandLine(props: { text: string }) {
  const app = useApp()
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(props.text)
      app.say('Copied.')
    } catch {
      // No clipboard on this address; the command stands there to be selected.
      app.say('This browser keeps the clipboard from the page: select the command itself.')
    }
  }
  return (
    <div class="command">
      <pre>{props.text}</pre>
      <button
        type="button"
        class="btn icon"
        aria-label={`Copy ${props.text}`}
        title="Copy"
        onClick={() => void copy()}
      >
        <Copy aria-hidden="true" />
      </button>
    </div>
  )
}
