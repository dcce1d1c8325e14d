import { BlockList, isIP } from 'node:net'

/**
 * Which addresses are everybody's. What we post to is named by people and browsers, and must not
 * reach what only this machine or its network can reach.
 */

/** Not for everybody: the IANA special-purpose registries (RFC 6890 and what came after it). */
const SPECIAL: readonly (readonly [network: string, prefix: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
]

/** All of IPv6 that is given out to everybody lies here; within it stand some that are not. */
const GLOBAL_6 = ['2000::', 3] as const
const SPECIAL_6: readonly (readonly [network: string, prefix: number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  // 6to4 carries an IPv4 address of any kind.
  ['2002::', 16],
  ['3fff::', 20],
]

const special = new BlockList()
for (const [network, prefix] of SPECIAL) special.addSubnet(network, prefix, 'ipv4')
for (const [network, prefix] of SPECIAL_6) special.addSubnet(network, prefix, 'ipv6')
const global6 = new BlockList()
global6.addSubnet(...GLOBAL_6, 'ipv6')

/** Names that no public name server answers for. */
const LOCAL_NAMES =
  /(?:^|\.)(?:localhost|local|localdomain|internal|intranet|private|corp|home|lan|arpa|test|invalid|example|onion)$/

/** Whether an IP address can be reached from everywhere; false for what is no address. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address)
  if (family === 4) return !special.check(address, 'ipv4')
  return family === 6 && global6.check(address, 'ipv6') && !special.check(address, 'ipv6')
}

/**
 * What is wrong with an address that we are to post to, as a sentence; undefined where nothing is.
 * Its name is looked up later, with each connection: what it leads to can change.
 */
export function addressFault(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol !== 'https:') return 'The address must begin with https://.'
  if (url.username !== '' || url.password !== '') return 'The address must hold no password.'
  if (url.port !== '') return 'The address must be at the usual port of https.'
  const name = url.hostname.replace(/\.$/, '')
  const isName = isIP(name.replace(/^\[|\]$/g, '')) === 0 && name.includes('.')
  if (isName && !LOCAL_NAMES.test(name)) return undefined
  return 'The address must have a public host name.'
}
