/** The coding agents: one line per kind. No two may match the same process or screen. */
export { claude } from './claude.ts'
export { codex } from './codex.ts'
export { copilot } from './copilot.ts'
export { gemini } from './gemini.ts'
export { opencode } from './opencode.ts'
