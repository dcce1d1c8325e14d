import { execFileSync } from 'node:child_process'

/** From now on the kernel lets the process write into no file, as a disk that fails. Linux only. */
export function refuseWrites(pid: number): void {
  execFileSync('prlimit', ['--pid', `${pid}`, '--fsize=0:'])
}

export function allowWrites(pid: number): void {
  execFileSync('prlimit', ['--pid', `${pid}`, '--fsize=unlimited:'])
}
