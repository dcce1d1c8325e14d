import { type Call, type Json, object, objects, type Tool } from './protocol.ts'
import type { ScriptedTool } from './script.ts'

/** What the agents call their tools. */
const NAMES: Readonly<Record<ScriptedTool, RegExp>> = {
  bash: /^(bash|shell|exec_command|shell_command|run_shell_command|local_shell)$/i,
  edit: /^(apply_patch|write|create|write_file|create_file)$/i,
  ask: /^(AskUserQuestion|ask_user|request_user_input|question)$/,
  agent: /^(Task|Agent|task|spawn_agent|invoke_agent)$/,
}

/** The file that `edit` writes, and the one that `bash` makes. */
export const EDITED = 'note.txt'
export const TOUCHED = 'made-by-agent.txt'

const PATCH = `*** Begin Patch\n*** Add File: ${EDITED}\n+hello\n*** End Patch\n`
const QUESTION = 'Which colour should the button be?'

/** A call of the tool that the script names; undefined where this agent offers no such tool. */
export function callOf(
  scripted: ScriptedTool,
  tools: readonly Tool[],
  cwd: string,
): Call | undefined {
  const tool = tools.find(({ name }) => NAMES[scripted].test(name))
  if (!tool) return undefined
  if (tool.isFreeform) return { tool, input: PATCH }
  return { tool, input: fill(tool.schema, valuesFor(scripted, tool, cwd)) }
}

/** Values by the names that the agents' schemas use. */
function valuesFor(scripted: ScriptedTool, { name, schema }: Tool, cwd: string): Json {
  switch (scripted) {
    case 'bash': {
      const command = `touch ${TOUCHED}`
      const isList = object(object(schema.properties).command).type === 'array'
      return {
        command: isList ? ['bash', '-lc', command] : command,
        cmd: command,
        description: 'Make an empty file',
        // Codex asks its user only for what leaves its sandbox.
        sandbox_permissions: 'require_escalated',
        with_escalated_permissions: true,
        justification: 'May I make an empty file?',
        timeout: 60_000,
        timeout_ms: 60_000,
      }
    }
    case 'edit': {
      const path = `${cwd}/${EDITED}`
      return {
        ...{ file_path: path, filePath: path, path, absolute_path: path },
        ...{ content: 'hello\n', file_text: 'hello\n' },
        ...{ input: PATCH, patch: PATCH, patchText: PATCH },
      }
    }
    case 'ask':
      return {
        question: QUESTION,
        message: QUESTION,
        header: 'Colour',
        id: 'colour',
        type: 'choice',
        choices: ['Red', 'Blue'],
        allow_freeform: true,
        options: [
          { label: 'Red', description: 'a red button' },
          { label: 'Blue', description: 'a blue button' },
        ],
      }
    case 'agent':
      return {
        prompt: 'Say hello. %slow=4',
        message: 'Say hello. %slow=4',
        description: 'Say hello',
        // opencode's name of its general agent.
        subagent_type: name === 'task' ? 'general' : 'general-purpose',
        agent_type: 'general-purpose',
        // Gemini's name of its general agent; the others take any.
        agent_name: 'generalist',
        name: 'helper',
        task_name: 'helper',
        mode: 'sync',
      }
    default:
      return scripted satisfies never
  }
}

/** A value that fits a JSON schema; `values` counts where a property has one of its names. */
export function fill(schema: Json, values: Json = {}, name = ''): unknown {
  const options = Array.isArray(schema.enum) ? schema.enum : []
  const given = values[name]
  if (given !== undefined && (options.length === 0 || options.includes(given))) return given
  if (schema.const !== undefined) return schema.const
  if (options.length > 0) return options[0]
  const choices = objects(schema.anyOf ?? schema.oneOf ?? schema.allOf)
  const choice = choices.find(({ type }) => type !== 'null')
  if (choice) return fill(choice, values, name)
  switch (typeOf(schema)) {
    case 'object': {
      const properties = object(schema.properties)
      const required = Array.isArray(schema.required) ? schema.required.map(String) : []
      const wanted = new Set([
        ...required,
        ...Object.keys(properties).filter((key) => key in values),
      ])
      return Object.fromEntries(
        [...wanted].map((key) => [key, fill(object(properties[key]), values, key)]),
      )
    }
    case 'array':
      return [fill(object(schema.items), values)]
    case 'integer':
    case 'number':
      return typeof schema.minimum === 'number' ? schema.minimum : 1
    case 'boolean':
      return false
    default:
      return 'scripted text'
  }
}

function typeOf({ type, properties }: Json): string {
  const one = Array.isArray(type) ? type.find((item) => item !== 'null') : type
  // Gemini writes types in capitals.
  return `${one ?? (properties ? 'object' : 'string')}`.toLowerCase()
}
