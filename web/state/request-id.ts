/**
 * A fresh id for a request that acts, so that the server does it once. `crypto.randomUUID` is absent
 * where the page came over plain http from another machine.
 */
export function newRequestId(): string {
  return [...crypto.getRandomValues(new Uint32Array(4))].map((n) => n.toString(36)).join('-')
}
