import { lastPart, repositoryHue } from '../state/grouping.ts'
import { shortPath } from '../state/home.ts'
import { visible } from '../state/words.ts'

/** Name of a repository in its own colour: the same path has the same everywhere. */
export function Repository(props: { path: string }) {
  return (
    <span
      class="repo"
      style={{ '--hue': repositoryHue(props.path) }}
      title={visible(shortPath(props.path))}
    >
      {visible(lastPart(props.path))}
    </span>
  )
}
