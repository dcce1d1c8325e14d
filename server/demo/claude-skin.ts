import {
  type Block,
  clockTime,
  type Dialog,
  diffRows,
  lasting,
  paint,
  rule,
  type Scene,
  type Skin,
  wrap,
} from './scene.ts'

const STARS = [...'·✢✳✶✻✽']

/** As recorded from Claude Code 2.1. */
export const claudeSkin: Skin = {
  alternate: true,
  terminalTitle: ({ title }) => `✳ ${title}`,
  head: ({ folder }) => [
    `${paint.orange(' ▐▛███▛█')}   ${paint.bold('Claude Code')} ${paint.dim('v2.1.329')}`,
    `${paint.orange('▝▜██████▀')}  ${paint.dim('Opus 5.5 · API Usage Billing')}`,
    `${paint.orange(' ▝▝   ▝▝')}   ${paint.dim(folder)}`,
  ],
  block,
  foot(scene) {
    const { cols, dialog, draft, frame, seconds, status } = scene
    if (dialog) return dialogRows(dialog, cols)
    const star = STARS[frame % STARS.length] ?? '✻'
    const busy = `${paint.orange(`${star} Percolating…`)} ${paint.dim(`(${lasting(seconds)} · ↓ ${40 + frame * 7} tokens)`)}`
    return [
      ...(status === 'working' ? [busy, ''] : []),
      paint.dim(rule(cols)),
      `❯ ${draft}`,
      paint.dim(rule(cols)),
      paint.dim(`  ⏸ manual mode on${status === 'working' ? ' · esc to interrupt' : ''}`),
    ]
  },
}

function block(one: Block, { cols }: Scene): string[] {
  switch (one.type) {
    case 'prompt':
      return wrap(one.text, cols, '❯ ', '  ').map(paint.bold)
    case 'say':
      return wrap(one.text, cols - 4, '● ', '  ')
    case 'run':
      return [
        `${paint.green('●')} ${paint.bold('Bash')}(${one.command})`,
        ...one.lines.map((line, at) => paint.dim(`${at === 0 ? '  ⎿  ' : '     '}${line}`)),
      ]
    case 'edit':
      return [
        `${paint.green('●')} ${paint.bold('Update')}(${one.path})`,
        '  ⎿  Updated with 1 addition and 1 removal',
        ...diffRows(one, '      '),
      ]
    case 'retry':
      return [paint.red(`✻ ${one.text}`)]
    case 'failed':
      return [paint.red(`● API Error: ${one.text}`)]
    case 'interrupted':
      return [paint.red('  ⎿  Interrupted · What should Claude do instead?')]
    case 'end':
      return [paint.dim(`✻ Worked for ${lasting(one.seconds)} · done ${clockTime(one.at)}`)]
    default:
      return one satisfies never
  }
}

function dialogRows({ type, title, text, why, options, chosen }: Dialog, cols: number): string[] {
  const rows = options.map((option, at) =>
    at === chosen ? paint.blue(`❯ ${at + 1}. ${option}`) : `  ${at + 1}. ${option}`,
  )
  if (type === 'question') {
    return [
      rule(cols),
      paint.bold(` ☐ ${title}`),
      '',
      paint.bold(text),
      '',
      ...rows,
      paint.dim('Enter to select · ↑/↓ to navigate · Esc to cancel'),
    ]
  }
  return [
    paint.blue(rule(cols)),
    paint.bold(` ${title}`),
    paint.dim(` ${why}`),
    paint.dim(rule(cols, '╌')),
    ` ${text}`,
    paint.dim(rule(cols, '╌')),
    ' Do you want to proceed?',
    ...rows.map((row) => ` ${row}`),
    '',
    paint.dim(' Esc to cancel · Tab to amend'),
  ]
}
