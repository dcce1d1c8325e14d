import { expect, test } from 'playwright/test'
import { decodeViewerFrame } from '../../server/core/viewer-frame.ts'
import { ClientOutput } from '../../server/tmux/client-output.ts'
import { cleanPrompt } from '../../server/tmux/input.ts'
import { TerminalModes } from '../../server/tmux/modes.ts'

test('modes are known however the output is cut', () => {
  const output = Buffer.from(
    'x\x1b[?1049h\x1b[?1h\x1b=text\x1b[?1000h\x1b[?1002;1006h\x1b[?2004h\x1b[?2026h\x1b[4 q\x1b[?1000l\x1b[?25l日',
  )
  const whole = new TerminalModes()
  whole.scan(output)
  const expected =
    '\x1b[?1049h\x1b[?1h\x1b[?1002h\x1b[?1006h\x1b[?2004h\x1b[?1000l\x1b[?25l\x1b=\x1b[4 q'
  expect(whole.restore().toString()).toBe(expected)
  for (let cut = 1; cut < output.length; cut += 1) {
    const modes = new TerminalModes()
    modes.scan(output.subarray(0, cut))
    modes.scan(output.subarray(cut))
    expect(modes.restore().toString(), `cut at ${cut}`).toBe(expected)
  }
})

test("a client's picture is kept, its farewell and its errors are not", () => {
  const output = new ClientOutput()
  const show = (text: string) => output.filter(Buffer.from(text)).toString()
  expect(show('open terminal failed')).toBe('')
  expect(show('\x1b[?1049hpicture')).toBe('\x1b[?1049hpicture')
  expect(show('end\x1b[?1l\x1b>\x1b[H\x1b[2J[detached]')).toBe('end')
  expect(show('[exited]')).toBe('')
  expect(show('noise\x1b[?1049hagain')).toBe('\x1b[?1049hagain')
  expect(show('a\x1b[?1l\x1b>b\x1b[?1049hc')).toBe('a\x1b[?1049hc')
})

test('a prompt has no control characters but tabs and newlines inside', () => {
  const all = Array.from({ length: 0xa0 }, (_, code) => String.fromCharCode(code)).join('')
  const clean = cleanPrompt(`${all}end`)
  expect([...clean].filter((char) => /\p{Cc}/u.test(char)).join('')).toBe('\t\n\n')
  expect(cleanPrompt('a\r\n\r\nb\r\n\n')).toBe('a\n\nb')
  expect(cleanPrompt('\x1b[201~x')).toBe('[201~x')
  expect(cleanPrompt('日本 😀\u200d é')).toBe('日本 😀\u200d é')
})

test('frames with inherited or odd fields are none', () => {
  expect(decodeViewerFrame('{"__proto__":{"type":"ack","bytes":1}}')).toBe('bad')
  expect(decodeViewerFrame('{"type":"toString"}')).toBe('unknown')
  expect(decodeViewerFrame('{"type":"ack","bytes":9007199254740993}')).toBe('bad')
  const open = { type: 'open', viewer: 'abcdefgh', cols: 1_000_000_000, rows: 1 }
  expect(decodeViewerFrame(JSON.stringify(open))).toEqual({ frame: open })
  expect(decodeViewerFrame(JSON.stringify({ ...open, viewer: '../../x' }))).toBe('bad')
})
