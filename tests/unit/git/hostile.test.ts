import { appendFile, readdir, rm, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'playwright/test'
import { readChanges } from '../../../server/core/git-changes.ts'
import { checkWorktree } from '../../../server/core/git-check.ts'
import { Repository } from '../../support/repository.ts'

/**
 * A repository may have been cloned, or written by an agent: nothing that it configures may run
 * only because somebody looks at it. Each trap leaves a file with its name where it was run.
 */
interface Trap {
  name: string
  set(repository: Repository, script: string): Promise<void>
  /** What a user would run; shows that the trap works. */
  springs: string[]
}

async function configure(repository: Repository, text: string): Promise<void> {
  await appendFile(join(repository.path, '.git', 'config'), `${text}\n`)
}

/** Its time changed, its size did not: git has to read it to know. */
async function touch(repository: Repository): Promise<void> {
  const file = await repository.write('a', 'b\n')
  await utimes(file, new Date(), new Date(Date.now() + 5_000))
}

const TRAPS: Trap[] = [
  {
    name: 'core.fsmonitor',
    set: (repository, script) => configure(repository, `[core]\nfsmonitor = ${script}`),
    springs: ['status'],
  },
  {
    name: 'a hook',
    async set(repository, script) {
      // Unchanged but younger than the index knows it: whoever looks wants to write that down.
      const same = await repository.write('same', 'same\n')
      await repository.commit()
      await utimes(same, new Date(), new Date(Date.now() + 5_000))
      await configure(repository, `[core]\nhooksPath = ${join(repository.home, 'hooks')}`)
      await repository.script('hooks/post-index-change', script)
    },
    springs: ['status'],
  },
  {
    name: 'diff.external',
    set: (repository, script) => configure(repository, `[diff]\nexternal = ${script}`),
    springs: ['diff', 'HEAD'],
  },
  {
    name: 'a diff driver',
    async set(repository, script) {
      await configure(repository, `[diff "evil"]\ncommand = ${script}`)
      await repository.write('.gitattributes', 'a diff=evil\n')
    },
    springs: ['diff', 'HEAD'],
  },
  {
    name: 'textconv',
    async set(repository, script) {
      await configure(repository, `[diff "evil"]\ntextconv = ${script}`)
      await repository.write('.gitattributes', 'a diff=evil\n')
    },
    springs: ['diff', 'HEAD'],
  },
  {
    name: 'filter.clean',
    async set(repository, script) {
      await configure(repository, `[filter "evil"]\nclean = ${script}\nrequired = true`)
      await repository.write('.gitattributes', 'a filter=evil\n')
    },
    springs: ['diff', 'HEAD'],
  },
  {
    name: 'filter.process',
    async set(repository, script) {
      await configure(repository, `[filter "e.v-il"]\nprocess = ${script}`)
      await repository.write('.git/info/attributes', 'a filter=e.v-il\n')
    },
    springs: ['diff', 'HEAD'],
  },
  {
    name: 'a filter from an included file',
    async set(repository, script) {
      const text = `[filter "evil"]\n\tclean = ${script}\n`
      await repository.write('.git/more', text)
      await configure(repository, '[includeIf "onbranch:main"]\npath = more')
      await repository.write('.git/info/attributes', 'a filter=evil\n')
    },
    springs: ['diff', 'HEAD'],
  },
  {
    name: 'a missing object',
    async set(repository, script) {
      // A partial clone fetches what is missing, with the transport that the repository names.
      const blob = (await repository.git('rev-parse', 'HEAD:a')).trim()
      await rm(join(repository.path, '.git/objects', blob.slice(0, 2), blob.slice(2)))
      await configure(
        repository,
        `[core]\nrepositoryformatversion = 1\n[extensions]\npartialClone = evil
[protocol "ext"]\nallow = always
[remote "evil"]\nurl = "ext::${script} %S"\npromisor = true`,
      )
    },
    springs: ['diff', 'HEAD'],
  },
  {
    name: 'an alias and a pager',
    async set(repository, script) {
      await configure(repository, `[alias]\nstatus = "!${script}"\nlook = "!${script}"`)
      await configure(repository, `[core]\npager = ${script}\n[pager]\nstatus = ${script}`)
    },
    springs: ['look'],
  },
]

for (const { name, set, springs } of TRAPS) {
  test(`a look at a repository does not run: ${name}`, async () => {
    await using repository = await Repository.open()
    await repository.write('a', 'a\n')
    await repository.commit()
    const marker = join(repository.home, 'marker')
    const script = await repository.script('trap', `cat >/dev/null & touch ${marker}; echo; exit 0`)
    await set(repository, script)
    await touch(repository)
    const before = await repository.indexHash()
    const sprung = async () => (await readdir(repository.home)).includes('marker')

    const git = repository.asked()
    const place = await repository.place()
    await checkWorktree(git, place)
    await readChanges(git, place)
    expect(await sprung()).toBe(false)
    expect(await repository.indexHash()).toBe(before)
    // What the user runs springs it, whether or not git likes how that ends.
    await repository.git(...springs).catch(() => {})
    expect(await sprung()).toBe(true)
  })
}

test('a trapped repository still tells what changed', async () => {
  await using repository = await Repository.open()
  await repository.write('a', 'a\n')
  await repository.write('.gitattributes', 'a filter=evil diff=evil\n')
  await repository.commit()
  await configure(repository, '[filter "evil"]\nclean = false\n[diff "evil"]\ntextconv = false')
  await touch(repository)
  const { git, files } = await readChanges(repository.asked(), await repository.place())
  expect(git).toMatchObject({ state: 'dirty', modified: 1 })
  expect(files).toMatchObject([{ path: 'a', added: 1, removed: 1 }])
})

test('our own environment leads git nowhere else', async () => {
  await using repository = await Repository.open()
  await using other = await Repository.open()
  await other.write('x', 'x\n')
  const marker = join(repository.home, 'marker')
  const environment = {
    ...repository.environment,
    GIT_DIR: join(other.path, '.git'),
    GIT_WORK_TREE: other.path,
    GIT_EXTERNAL_DIFF: `touch ${marker}`,
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'core.fsmonitor',
    GIT_CONFIG_VALUE_0: `touch ${marker}`,
    GIT_TRACE: marker,
  }
  const git = repository.asked({ environment })
  const { git: view, files } = await readChanges(git, await repository.place())
  expect(view.state).toBe('clean')
  expect(files).toEqual([])
  expect(await readdir(repository.home)).not.toContain('marker')
})
