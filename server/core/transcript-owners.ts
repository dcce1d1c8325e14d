/** Which agent reads which transcript: one file belongs to at most one live agent. */
export class TranscriptOwners {
  readonly #owners = new Map<string, string>()
  readonly #isLive: (agent: string) => boolean

  constructor(isLive: (agent: string) => boolean) {
    this.#isLive = isLive
  }

  /** Whether `agent` may read the file at `path`; then it is its own until another one may. */
  claim(path: string, agent: string): boolean {
    if (!this.isFree(path, agent)) return false
    this.#owners.set(path, agent)
    return true
  }

  /** Whether `agent` might claim it. */
  isFree(path: string, agent: string): boolean {
    const owner = this.#owners.get(path)
    return owner === undefined || owner === agent || !this.#isLive(owner)
  }

  release(agent: string): void {
    for (const [path, owner] of this.#owners) if (owner === agent) this.#owners.delete(path)
  }
}
