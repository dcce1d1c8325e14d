import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** Who listens on a TCP port of this machine, as far as this user may know. */
export interface PortHolder {
  uid: number
  pid?: number
  command?: string
}

/** State `TCP_LISTEN` in /proc/net/tcp (include/net/tcp_states.h). */
const LISTEN = '0A'

/**
 * Addresses whose listener keeps us from each loopback address: itself, and "any". As /proc prints
 * them: in host order, which is little-endian wherever Node runs on Linux.
 */
const IN_THE_WAY: Readonly<Record<string, RegExp>> = {
  '127.0.0.1': /^(?:0100007F|0{8}|0{32}|0{16}FFFF00000100007F)$/,
  '::1': /^(?:0{24}01000000|0{32})$/,
}

/** Looks through /proc; `undefined` where that does not exist or nobody is found. */
export function findPortHolder(host: string, port: number): PortHolder | undefined {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0')
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of read(table).split('\n').slice(1)) {
      const [, local = '', , state, , , , uid, , inode] = line.trim().split(/\s+/)
      const [address = '', localPort] = local.split(':')
      if (state !== LISTEN || localPort !== wanted) continue
      if (IN_THE_WAY[host]?.test(address) === false) continue
      return { uid: Number(uid), ...processOf(`socket:[${inode}]`) }
    }
  }
  return undefined
}

/** One sentence about the holder, for a message. */
export function describeHolder(holder: PortHolder | undefined): string {
  if (!holder) return 'another program'
  const who = holder.uid === process.getuid?.() ? 'you' : `uid ${holder.uid}`
  if (holder.pid === undefined) return `a program of ${who}`
  return `process ${holder.pid} (${holder.command ?? 'unknown'}) of ${who}`
}

function processOf(link: string): { pid?: number; command?: string } {
  for (const pid of names('/proc').filter((name) => /^\d+$/.test(name))) {
    for (const fd of names(`/proc/${pid}/fd`)) {
      if (target(`/proc/${pid}/fd/${fd}`) === link) {
        return { pid: Number(pid), command: read(`/proc/${pid}/comm`).trim() }
      }
    }
  }
  return {}
}

// Other users' processes are closed to us, and any process can end while we look: both mean that
// there is nothing to say about it.

function names(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    // As said above.
    return []
  }
}

function target(link: string): string {
  try {
    return readlinkSync(link)
  } catch {
    // As said above.
    return ''
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    // As said above.
    return ''
  }
}
