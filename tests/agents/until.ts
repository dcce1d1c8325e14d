import { setTimeout as wait } from 'node:timers/promises'

/** Asks again and again until there is an answer. */
export async function until<T>(
  ask: () => T | undefined | Promise<T | undefined>,
  patienceMs: number,
): Promise<T | undefined> {
  const end = Date.now() + patienceMs
  for (;;) {
    const answer = await ask()
    if (answer !== undefined || Date.now() > end) return answer
    await wait(50)
  }
}
