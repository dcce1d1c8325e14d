import { basename } from 'node:path'
import { type Block, diffRows, lasting, paint, type Scene, type Skin, spin, wrap } from './scene.ts'

/** As recorded from Codex CLI 0.169. */
export const codexSkin: Skin = {
  alternate: true,
  terminalTitle: ({ folder, frame, status, title }) =>
    `${status === 'working' ? `${spin(frame)} ` : ''}${title} | ${basename(folder)}`,
  head: ({ folder }) => [
    `  >_ ${paint.bold('OpenAI Codex')} ${paint.dim('(v0.169.0)')}`,
    paint.dim(`     ${folder}`),
  ],
  block,
  foot: ({ draft, folder, seconds, status, title }) => [
    ...(status === 'working'
      ? [`• ${paint.bold('Working')} ${paint.dim(`(${lasting(seconds)} • esc to interrupt)`)}`, '']
      : []),
    `› ${draft || paint.dim('Ask Codex to do anything')}`,
    '',
    paint.dim(`  gpt-5 default · ${folder} · ${title}`),
  ],
}

function block(one: Block, { cols }: Scene): string[] {
  switch (one.type) {
    case 'prompt':
      return wrap(one.text, cols, '› ', '  ').map(paint.bold)
    case 'say':
      return wrap(one.text, cols - 4, '• ', '  ')
    case 'run':
      return [
        `${paint.green('•')} ${paint.bold('Ran')} ${one.command}`,
        ...one.lines.map((line, at) => paint.dim(`${at === 0 ? '  └ ' : '    '}${line}`)),
      ]
    case 'edit':
      return [
        `${paint.green('•')} ${paint.bold('Edited')} ${one.path} (+1 -1)`,
        ...diffRows(one, '  '),
      ]
    case 'retry':
      return [paint.yellow(`• ${one.text}`)]
    case 'failed':
      return [paint.red(`■ ${one.text}`)]
    case 'interrupted':
      return [paint.red('■ Conversation interrupted - tell the model what to do differently')]
    case 'end': {
      const time = new Date(one.at).toTimeString().slice(0, 5)
      return [paint.dim(`  Worked for ${lasting(one.seconds)} • ${time}`)]
    }
    default:
      return one satisfies never
  }
}
