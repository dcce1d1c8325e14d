import { basename } from 'node:path'
import {
  type Block,
  diffRows,
  lasting,
  paint,
  rule,
  type Scene,
  type Skin,
  spin,
  wrap,
} from './scene.ts'

/** The signs that set the talk of one agent apart from that of another. */
interface Signs {
  prompt: string
  say: string
  tool: string
  error: string
}

function drawBlock(one: Block, { cols }: Scene, signs: Signs): string[] {
  const indent = ' '.repeat(signs.say.length)
  switch (one.type) {
    case 'prompt':
      return wrap(one.text, cols, signs.prompt, indent).map(paint.bold)
    case 'say':
      return wrap(one.text, cols - 4, signs.say, indent)
    case 'run':
      return [
        `${paint.green(signs.tool)}Shell ${one.command}`,
        ...one.lines.map((line) => paint.dim(`${indent}  ${line}`)),
      ]
    case 'edit':
      return [`${paint.green(signs.tool)}Edit ${one.path}`, ...diffRows(one, indent)]
    case 'retry':
    case 'failed':
      return [paint.red(`${signs.error}${one.text}`)]
    case 'interrupted':
      return [paint.red(`${signs.error}Cancelled by user`)]
    case 'end':
      return []
    default:
      return one satisfies never
  }
}

/** As recorded from Gemini CLI 0.61. */
export const geminiSkin: Skin = {
  alternate: false,
  terminalTitle: ({ folder, status }) =>
    `${status === 'working' ? '✦  Working…' : '◇  Ready'} (${basename(folder)})`,
  head: () => [paint.blue(' ▝▜▄     Gemini CLI v0.61.0'), paint.blue('   ▝▜▄'), ''],
  block: (one, scene) =>
    drawBlock(one, scene, { prompt: ' > ', say: '✦ ', tool: '✓ ', error: '✕ ' }),
  foot: ({ cols, draft, folder, frame, seconds, status }) => [
    status === 'working'
      ? ` ${spin(frame)} Thinking... (esc to cancel, ${lasting(seconds)})`
      : paint.dim('? for shortcuts'),
    paint.dim(rule(cols)),
    paint.dim(' Shift+Tab to accept edits'),
    ` >   ${draft || paint.dim('Type your message or @path/to/file')}`,
    '',
    paint.dim(' workspace (/directory)                   sandbox                    /model'),
    paint.dim(` ${folder.padEnd(40)} no sandbox                 gemini-2.5-pro`),
  ],
}

/** As recorded from Copilot CLI 1.0. */
export const copilotSkin: Skin = {
  alternate: true,
  terminalTitle: ({ blocks }) => {
    const prompt = blocks.find((block) => block.type === 'prompt')
    return prompt ? `${prompt.text} - GitHub Copilot` : 'GitHub Copilot'
  },
  head: () => [
    paint.dim(' [Current]  Sessions   Issues   Pull requests   Gists'),
    '',
    '  ╭─╮╭─╮',
    `  ╰─╯╰─╯  ${paint.bold('Copilot')} v1.0.102 uses AI.`,
    `  █ ▘▝ █  ${paint.dim('Check for mistakes.')}`,
    '   ▔▔▔▔',
  ],
  block: (one, scene) =>
    drawBlock(one, scene, { prompt: ' ❯ ', say: ' ● ', tool: ' $ ', error: ' ● ' }),
  foot: ({ cols, draft, folder, frame, status }) => [
    paint.dim(` ${folder} [⎇ main]`),
    paint.dim(rule(cols)),
    `❯ ${draft}`,
    paint.dim(rule(cols)),
    status === 'idle'
      ? paint.dim(' ← open sidebar · Interactive · Manual Approval · / commands · ? help')
      : ` ${frame % 2 === 0 ? '◎' : '◉'} Working · ${123 + frame * 11} B ${paint.dim('esc esc interrupt')}`,
  ],
}

/** As recorded from opencode 1.18. */
export const opencodeSkin: Skin = {
  alternate: true,
  terminalTitle: ({ title }) => `OC | ${title}`,
  head: () => [],
  block(one, scene) {
    if (one.type === 'prompt') {
      return ['  ┃', ...wrap(one.text, scene.cols - 6, '  ┃  ', '  ┃  ').map(paint.bold), '  ┃']
    }
    if (one.type === 'end') return [paint.dim(`     ▣  Build · Demo · ${lasting(one.seconds)}`)]
    return drawBlock(one, scene, { prompt: '', say: '     ', tool: '     $ ', error: '     ' })
  },
  foot: ({ cols, draft, folder, frame, status }) => [
    paint.blue('  ┃'),
    `${paint.blue('  ┃')}  ${draft}`,
    paint.blue('  ┃'),
    `${paint.blue('  ┃')}  ${paint.bold('Build')} ${paint.dim('· Demo model')}`,
    paint.blue(`  ╹${rule(cols - 4, '▀')}`),
    status === 'working'
      ? `   ${'■'.repeat(1 + (frame % 8)).padEnd(8, '⬝')}  esc interrupt   tab agents  ctrl+p commands`
      : paint.dim(`   ${folder}   24.5K (12%)  ctrl+p commands`),
  ],
}
