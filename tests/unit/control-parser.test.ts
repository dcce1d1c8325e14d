import { expect, test } from 'playwright/test'
import { type ControlEvent, ControlParser, commandLine } from '../../server/tmux/control-parser.ts'

function parse(text: string, cut = text.length): ControlEvent[] {
  const parser = new ControlParser()
  const bytes = Buffer.from(text, 'utf8')
  const events: ControlEvent[] = []
  for (let at = 0; at < bytes.length; at += cut)
    events.push(...parser.feed(bytes.subarray(at, at + cut)))
  return events
}

const STREAM =
  '%begin 100 7 0\n%end 100 7 0\n%sessions-changed\n' +
  '%begin 100 8 1\n日本\n%end 1 2 3\n%end 100 8 0\n%begin 100 9 1\n%exit\n\n%end 100 8 1\n' +
  '%begin 101 9 1\nno such thing\n%error 101 9 1\n%exit server exited\n'

test('blocks end only with their own time, number and flags', () => {
  const latin = (text: string) => Buffer.from(text, 'utf8').toString('latin1')
  expect(parse(STREAM)).toEqual([
    { type: 'block', ok: true, asked: false, output: '' },
    { type: 'notification', line: '%sessions-changed' },
    {
      type: 'block',
      ok: true,
      asked: true,
      output: latin('日本\n%end 1 2 3\n%end 100 8 0\n%begin 100 9 1\n%exit\n\n'),
    },
    { type: 'block', ok: false, asked: true, output: 'no such thing\n' },
    { type: 'exit', reason: 'server exited' },
  ])
})

test('the stream may be cut anywhere', () => {
  for (const cut of [1, 2, 3, 7, 64]) expect(parse(STREAM, cut)).toEqual(parse(STREAM))
})

test('what stands outside of blocks and is no notification is told as stray', () => {
  expect(parse('%begin 1 1 1\na\n%end 1 1 1\nleft over\n%end 1 1 1\n').slice(1)).toEqual([
    { type: 'stray', line: 'left over' },
    { type: 'stray', line: '%end 1 1 1' },
  ])
})

test('a command is one line, with nothing in it for tmux to expand', () => {
  expect(commandLine(['a', 'b c', ''])).toBe('"a" "b c" ""\n')
  expect(commandLine(['a\nb\t"\\$~\x7f;{#日'])).toBe(
    '"a\\012b\\011\\042\\134\\044\\176\\177;{#日"\n',
  )
})
