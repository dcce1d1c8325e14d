import type { ProcessFacts } from './adapter.ts'
import { programOf } from './program.ts'

/** Where what a pane shows really runs: a client of ours shows another machine or a container. */
export type Where = 'here' | 'ssh' | 'container'

const REMOTE = /^(ssh|autossh|mosh|mosh-client|et|slogin|sshpass)$/
/** Programs that get into containers, and the words among their arguments that do so. */
const CONTAINERS: readonly [RegExp, RegExp][] = [
  [/^(docker|podman|nerdctl|docker-compose|podman-compose|finch)$/, /^(exec|run|attach|start)$/],
  [/^(kubectl|oc|k3s|microk8s)$/, /^(exec|run|attach|debug|rsh)$/],
  [/^(lxc|incus)$/, /^(exec|shell)$/],
  [/^limactl$/, /^shell$/],
  [/^colima$/, /^ssh$/],
  [/^(distrobox|toolbox)$/, /^(enter|run)$/],
  [/^(machinectl)$/, /^(shell|login)$/],
  [/^(devcontainer)$/, /^exec$/],
]
/** Programs that do nothing else. */
const ALWAYS_CONTAINER = /^(lxc-attach|lima|distrobox-enter|systemd-nspawn)$/
/** Tools that bring their own ssh: `gh codespace ssh`, `vagrant ssh`. */
const REMOTE_TOOLS: readonly [RegExp, RegExp][] = [
  [/^(gh)$/, /^(codespace|cs)$/],
  [/^(coder|vagrant|flyctl|fly|gcloud|tsh|teleport)$/, /^ssh$/],
]

/** Where the program of a pane's foreground leads. */
export function whereOf(process: ProcessFacts): Where {
  const { name, args } = programOf(process)
  const does = ([program, word]: readonly [RegExp, RegExp]) =>
    // Its own options and their values come first; the command it runs inside comes later.
    program.test(name) && args.slice(0, 8).some((arg) => word.test(arg))
  if (REMOTE.test(name) || REMOTE_TOOLS.some(does)) return 'ssh'
  return ALWAYS_CONTAINER.test(name) || CONTAINERS.some(does) ? 'container' : 'here'
}
