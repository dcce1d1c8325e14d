import { execFileSync } from 'node:child_process'
import { chmod, mkdir, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'playwright/test'
import { readChanges } from '../../../server/core/git-changes.ts'
import { Repository } from '../../support/repository.ts'

async function changes(repository: Repository, ...limits: Parameters<typeof readChanges>[2][]) {
  return readChanges(repository.asked(), await repository.place(), ...limits)
}

test('every kind of change has its entry, and ignored files have none', async () => {
  await using repository = await Repository.open()
  const text = 'one\ntwo\nthree\nfour\nfive\n'
  await repository.write('modified', text)
  await repository.write('deleted', 'gone\n')
  await repository.write('moved', `${text}six\n`)
  await repository.write('binary', Buffer.from([1, 0, 2]))
  await repository.write('mode', 'x\n')
  await repository.write('touched', 'x\n')
  await repository.write('.gitignore', 'ignored\n')
  await repository.commit()

  await repository.write('modified', `${text}more\n`)
  await rm(join(repository.path, 'deleted'))
  await rename(join(repository.path, 'moved'), join(repository.path, 'moved-on'))
  await repository.git('add', '-A', 'moved', 'moved-on')
  await repository.write('binary', Buffer.from([1, 0, 3]))
  await chmod(join(repository.path, 'mode'), 0o755)
  await utimes(join(repository.path, 'touched'), 0, 0)
  await repository.write('staged', 'new\n')
  await repository.git('add', 'staged')
  await repository.write('untracked', 'a\nb')
  await repository.write('untracked-binary', Buffer.from([0]))
  await repository.write('ignored', 'x')

  const { files, git, omitted } = await changes(repository)
  const told = files.map(({ path, status, added, removed }) => [path, status, added, removed])
  expect(told).toEqual([
    ['binary', 'modified', undefined, undefined],
    ['deleted', 'deleted', 0, 1],
    ['mode', 'modified', 0, 0],
    ['modified', 'modified', 1, 0],
    ['moved-on', 'renamed', 0, 0],
    ['staged', 'added', 1, 0],
    ['untracked', 'untracked', 2, 0],
    ['untracked-binary', 'untracked', undefined, undefined],
  ])
  expect(files[4]?.from).toBe('moved')
  expect(files.find(({ path }) => path === 'untracked')?.patch).toBe(
    '@@ -0,0 +1,2 @@\n+a\n+b\n\\ No newline at end of file\n',
  )
  expect(git.state).toBe('dirty')
  expect(omitted).toBe(0)
})

test('before the first commit everything is new', async () => {
  await using repository = await Repository.open()
  await repository.write('staged', 'x\n')
  await repository.git('add', 'staged')
  await repository.write('untracked', 'y\n')
  const { files } = await changes(repository)
  expect(files.map(({ path, status }) => `${path} ${status}`)).toEqual([
    'staged added',
    'untracked untracked',
  ])
})

test('names may hold anything', async () => {
  await using repository = await Repository.open()
  const names = ['new\nline', ' a "quoted" b', '-p', ':(top)x', '\u202egnp.exe', '日本語']
  await repository.commit().catch(() => {})
  for (const name of names) await repository.write(name, 'tracked\n')
  const odd = Buffer.concat([Buffer.from(`${repository.path}/`), Buffer.from([0x66, 0xff])])
  await writeFile(odd, 'tracked\n')
  await repository.commit()
  for (const name of names) await repository.write(name, 'changed\n')
  await writeFile(odd, 'changed\n')
  await writeFile(Buffer.concat([odd, Buffer.from('2')]), 'untracked\n')
  const { files } = await changes(repository)
  expect(files.map(({ path }) => path).sort()).toEqual([...names, 'f\ufffd', 'f\ufffd2'].sort())
  for (const { patch, added, path } of files) {
    expect(added, path).toBe(1)
    expect(patch, path).toMatch(/^\+(changed|untracked)$/m)
  }
})

test('a patch is cut at 128 KiB and says so, tracked or not', async () => {
  await using repository = await Repository.open()
  const line = `${'x'.repeat(99)}\n`
  await repository.write('tracked', '')
  await repository.commit()
  await repository.write('tracked', line.repeat(3_000))
  await repository.write('untracked', line.repeat(3_000))
  const { files } = await changes(repository)
  expect(files.map(({ path }) => path)).toEqual(['tracked', 'untracked'])
  for (const { patch, cut, path } of files) {
    expect(Buffer.byteLength(patch), path).toBeLessThanOrEqual(131_072 + 2_000)
    expect(patch.endsWith('\n'), path).toBe(true)
    expect(cut, path).toBeGreaterThan(165_000)
  }
  expect(files[0]?.added).toBe(3_000)
})

test('too many files are counted, not sent, and all patches share one limit', async () => {
  await using repository = await Repository.open()
  for (const name of ['a', 'b']) await repository.write(name, 'x\n')
  await repository.commit()
  for (const name of ['a', 'b', 'c', 'd', 'e']) await repository.write(name, 'y\n'.repeat(50))
  const few = await changes(repository, { fileBytes: 1_000, totalBytes: 10_000, files: 3 })
  expect(few.files.map(({ path }) => path)).toEqual(['a', 'b', 'c'])
  expect(few.omitted).toBe(2)
  const short = await changes(repository, { fileBytes: 1_000, totalBytes: 250, files: 10 })
  expect(short.files.map(({ cut }) => cut !== undefined)).toEqual([false, true, true, true, true])
})

test('what is no plain file is never opened', async () => {
  await using repository = await Repository.open()
  const secret = join(repository.home, 'secret')
  await writeFile(secret, 'do not show\n')
  await symlink(secret, join(repository.path, 'link'))
  await symlink('/dev/zero', join(repository.path, 'endless'))
  execFileSync('mkfifo', [join(repository.path, 'pipe')])
  await mkdir(join(repository.path, 'inner'))
  await repository.git('init', '-q', 'inner')
  const { files } = await changes(repository)
  expect(files.map(({ path, patch }) => [path, patch.split('\n')[1]])).toEqual([
    ['endless', '+/dev/zero'],
    ['inner/', undefined],
    ['link', `+${secret}`],
  ])
})

test('secrets in contents and names are taken out', async () => {
  await using repository = await Repository.open()
  const token = `ghp_${'a1B2'.repeat(9)}`
  await repository.write('env', 'x\n')
  await repository.commit()
  await repository.write('env', `GITHUB=${token}\n`)
  await repository.write(`dump-${token}.txt`, `TOKEN=${token}\n`)
  const answer = await changes(repository)
  expect(answer.files).toHaveLength(2)
  expect(JSON.stringify(answer)).not.toContain(token)
})

test('conflicted files are told as such, with the markers', async () => {
  await using repository = await Repository.open()
  await repository.write('a', 'base\n')
  await repository.commit()
  await repository.git('checkout', '-q', '-b', 'side')
  await repository.write('a', 'side\n')
  await repository.commit()
  await repository.git('checkout', '-q', 'main')
  await repository.write('a', 'main\n')
  await repository.commit()
  await repository.git('merge', 'side').catch(() => {})
  const { files } = await changes(repository)
  expect(files.map(({ path, status }) => `${path} ${status}`)).toEqual(['a conflicted'])
  expect(files[0]?.patch).toContain('+>>>>>>> side')
})

test('a submodule shows by its commit, and nothing of it is run', async () => {
  await using repository = await Repository.open()
  await using inner = await Repository.open()
  await inner.write('x', 'x\n')
  await inner.commit()
  await repository.git('submodule', '--quiet', 'add', inner.path, 'lib')
  await repository.commit()
  const lib = join(repository.path, 'lib')
  await writeFile(join(lib, 'x'), 'y\n')
  await repository.git('-C', lib, 'commit', '-qam', 'inside')
  const { files } = await changes(repository)
  expect(files).toMatchObject([{ path: 'lib', status: 'modified', added: 1, removed: 1 }])
  expect(files[0]?.patch).toContain('+Subproject commit')
})

test('without an answer of git there are no files, and the view says why', async () => {
  await using repository = await Repository.open()
  const git = repository.asked({ environment: { PATH: '/nonexistent' } })
  const answer = await readChanges(git, await repository.place())
  expect(answer).toMatchObject({ git: { state: 'unknown' }, files: [], omitted: 0 })
})
