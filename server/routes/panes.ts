import { Hono } from 'hono'
import type { Database } from '../../db/open.ts'
import {
  type JsonObject,
  optionalFlag,
  optionalText,
  readJson,
  requiredText,
} from '../core/body.ts'
import type { Env } from '../core/caller.ts'
import { Failure } from '../core/failure.ts'
import type { OneByOne } from '../core/one-by-one.ts'
import { promptAgent, type ReadyDeps } from '../core/ready.ts'
import type { Receipts } from '../core/receipts.ts'
import type { PaneEntry, Registry } from '../core/registry.ts'
import { sayByName } from '../core/said.ts'
import { shownOrRemembered } from '../core/shown.ts'
import type { Snapshots } from '../core/snapshots.ts'
import { wholeNumber } from '../core/whole-number.ts'
import {
  type HistoryResponse,
  KEY_NAMES,
  type KeysRequest,
  type KeysResponse,
  LIMITS,
  type PromptResponse,
  type ScreenResponse,
} from '../protocol.ts'
import { cleanPrompt, leaveMode, typePrompt } from '../tmux/input.ts'
import { pressKeys } from '../tmux/named-keys.ts'
import { readHistory } from '../tmux/screen.ts'

/** A prompt of the largest size as JSON, every character of it escaped. */
const MAX_PROMPT_BODY_BYTES = LIMITS.promptBytes * 6 + 4_096
const MAX_KEYS = 100
/** Keys that end what an agent does, and how long they wait for its last words (milliseconds). */
const INTERRUPTS: ReadonlySet<string> = new Set(['Escape', 'C-c', 'C-d'])
const LAST_LOOK_MS = 300

export interface PaneRouteDeps {
  registry: Registry
  receipts: Receipts
  snapshots: Snapshots
  db: Database
  agents: ReadyDeps['agents']
  /** What is typed into one pane, by whatever route, comes one after the other. */
  typing: OneByOne
}

/** The screen and the scrollback of a pane, and what is typed into it. */
export function paneRoutes(deps: PaneRouteDeps) {
  const { typing } = deps
  /** Asked again right before an act that had to wait: another tmux may use the same numbers by then. */
  const find = (id: string): PaneEntry => {
    const entry = deps.registry.pane(id)
    if (!entry) throw new Failure('not-found', 'That pane has ended.')
    return entry
  }

  return new Hono<Env>()
    .get('/api/panes/:id/screen', async (c) => {
      const id = c.req.param('id')
      const format = c.req.query('format') ?? 'plain'
      if (format !== 'plain' && format !== 'ansi') {
        throw new Failure('bad-request', '"format" is "plain" or "ansi".')
      }
      const screen = await shownOrRemembered(deps, id, format)
      if (!screen) throw new Failure('not-found', 'That pane has ended.')
      return c.json(screen satisfies ScreenResponse)
    })
    .get('/api/panes/:id/history', async (c) => {
      const { server, view } = find(c.req.param('id'))
      const start = wholeNumber(c.req.query('start'), 'start')
      const count = wholeNumber(c.req.query('count'), 'count') ?? LIMITS.historySlice
      const atMost = Math.min(count, LIMITS.historySlice)
      const slice = await readHistory(server, view.tmuxId, start, atMost)
      if (!slice) throw new Failure('not-found', 'That pane has ended.')
      return c.json(slice satisfies HistoryResponse)
    })
    .post('/api/panes/:id/prompt', async (c) => {
      const body = await readJson(c, MAX_PROMPT_BODY_BYTES)
      const id = requestId(body)
      const text = promptText(body)
      const submit = optionalFlag(body, 'submit') ?? true
      const agent = optionalText(body, 'agent', 300) || undefined
      const { view } = find(c.req.param('id'))
      const request = ['prompt', view.id, text, submit, agent]
      const type = async () => {
        const { server } = find(view.id)
        const receipt = await typePrompt(server, view.tmuxId, text, submit)
        if (receipt === 'submitted') deps.agents.heardUser(view.id)
        return receipt
      }
      const { answer, duplicate } = await deps.receipts.once(
        { deviceId: c.get('device').id, id, request },
        () => {
          if (view.dead) throw new Failure('conflict', 'The program in that pane has ended.')
          if (agent !== undefined) return promptAgent(deps, { pane: view.id, agent, text })
          return typing.run(view.id, type)
        },
      )
      return c.json({ receipt: answer, duplicate, ...detailOf(answer) } satisfies PromptResponse)
    })
    .post('/api/panes/:id/keys', async (c) => {
      const body = await readJson(c)
      const id = requestId(body)
      const keys = keyNames(body)
      const { view } = find(c.req.param('id'))
      const press = async () => {
        const interrupts = keys.some((key) => INTERRUPTS.has(key))
        // What an interrupted agent had begun to say may be gone with the next drawing.
        if (interrupts && view.agent) await deps.snapshots.keep([view.agent], LAST_LOOK_MS)
        const { server } = find(view.id)
        await leaveMode(server, view.tmuxId)
        await pressKeys(server, view.tmuxId, keys)
        if (sayByName(keys)) deps.agents.heardUser(view.id)
      }
      const { duplicate } = await deps.receipts.once(
        { deviceId: c.get('device').id, id, request: ['keys', view.id, keys] },
        () => typing.run(view.id, press),
      )
      return c.json({ sent: true, duplicate } satisfies KeysResponse)
    })
}

function detailOf(receipt: PromptResponse['receipt']): { detail?: string } {
  if (receipt === 'submitted') return {}
  if (receipt === 'sent') return { detail: 'The text is in the input line; Enter was not pressed.' }
  return {
    detail:
      'The text was typed, but Enter showed no effect. Look at the terminal before you send it again.',
  }
}

/** The id by which a request that is sent again is recognised. */
function requestId(body: JsonObject): string {
  return requiredText(body, 'id', 100)
}

function promptText(body: JsonObject): string {
  const text = cleanPrompt(requiredText(body, 'text', LIMITS.promptBytes))
  if (Buffer.byteLength(text) > LIMITS.promptBytes) {
    throw new Failure('too-large', `A prompt may have at most ${LIMITS.promptBytes} bytes.`)
  }
  if (text === '') throw new Failure('bad-request', 'There is nothing in "text" to type.')
  return text
}

function keyNames(body: JsonObject): KeysRequest['keys'] {
  const keys: unknown = Object.hasOwn(body, 'keys') ? body.keys : undefined
  if (!Array.isArray(keys) || keys.length === 0) {
    throw new Failure('bad-request', '"keys" must be a list of key names.')
  }
  if (keys.length > MAX_KEYS) {
    throw new Failure('too-large', `At most ${MAX_KEYS} keys can be pressed at once.`)
  }
  return keys.map((key: unknown) => {
    const name = KEY_NAMES.find((known) => known === key)
    if (!name) throw new Failure('bad-request', 'One of "keys" is not the name of a key.')
    return name
  })
}
