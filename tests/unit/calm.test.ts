import { expect, test } from 'playwright/test'
import { isCalm } from '../../server/tmux/calm.ts'

const OWNER = '0a1b2c3d'

/** Asks a tmux that shows one of `pictures` after the other, and goes on showing the last. */
async function whether(pictures: readonly string[]): Promise<{ calm: boolean; looks: number }> {
  let looks = 0
  const ask = async (argv: readonly string[]) => {
    if (argv[0] === 'list-clients') return Buffer.alloc(0)
    looks += 1
    return Buffer.from(pictures[looks - 1] ?? pictures.at(-1) ?? '')
  }
  const { signal } = new AbortController()
  const calm = await isCalm(ask, { ms: 1, owner: OWNER, signal })
  return { calm, looks }
}

test('a tmux that shows the same twice stands still', async () => {
  expect(await whether(['$0 work @0 1 %0 1 0 \n'])).toEqual({ calm: true, looks: 2 })
})

test('a session that was renamed meanwhile is movement', async () => {
  const pictures = ['$0 work @0 1 %0 1 0 \n', '$0 play @0 1 %0 1 0 \n']
  expect((await whether(pictures)).calm).toBe(false)
})

test('our own session of an earlier life is waited for until it has ended', async () => {
  const alone = '$0 work @0 1 %0 1 0 \n'
  const both = `${alone}$1 _dogwatch @1 1 %1 1 0 ${OWNER}\n`
  expect(await whether([both, both, both, alone])).toEqual({ calm: true, looks: 5 })
})

test('our own session of an earlier life that stays does not keep us waiting for ever', async () => {
  const both = `$0 work @0 1 %0 1 0 \n$1 _dogwatch @1 1 %1 1 0 ${OWNER}\n`
  expect((await whether([both])).calm).toBe(true)
})
