import type {
  AgentKind,
  AskKind,
  Confidence,
  EvidenceSource,
  KeyName,
  TurnEnd,
  Usage,
} from '../protocol.ts'
import type { EntryPart } from './entry.ts'

/**
 * What the rest of dogwatch asks of a module for one agent kind. An adapter is given facts (a
 * process, a title, the rows of a screen, a parsed hook event, a line of a log) and returns
 * observations. It does no I/O and keeps no state, so each of its rules is a table in a test.
 */
export interface Adapter {
  readonly kind: AgentKind
  /** Name for people: `Claude Code`. */
  readonly name: string
  /** The command that starts it; absent where it is not one program. */
  readonly program?: string
  /** Whether this process is the agent itself (not a helper that it started). */
  matches(process: ProcessFacts): boolean
  /** Folders and files of the agent that owns this process, from its own environment. */
  files?(process: ProcessFacts): AgentFiles
  /** Reads a file of `files().live`; undefined where it says nothing about this process. */
  fromLive?(text: string, process: ProcessFacts, at: number): Observation | undefined
  /** `before`: the title that stood there until this one came; empty for none. */
  fromTitle?(title: string, at: number, before?: string): Observation | undefined
  fromScreen?(screen: ScreenFacts): Observation | undefined
  /** Whether this screen can only be this agent's: the one clue where ssh or a container hides it. */
  looksLike?(screen: ScreenFacts): boolean
  /**
   * What the program in the pane's foreground says; undefined where it is the pane's own program
   * that waits. Only for kinds that are no agent: an agent's children do not tell what it does.
   * A reading like any `live` one: `process` itself says no more than that it ended.
   */
  fromForeground?(program: string | undefined, at: number): Observation | undefined
  fromHook?(event: HookEvent): Observation[]
  /** One complete line of the transcript; unknown records give nothing. */
  fromTranscript?(line: string, at: number): Observation[]
  /** Where it writes what its subagents do; absent where none has a file of its own. */
  readonly subagents?: SubagentLogs
  /** What it means that its transcript lost its last records while it runs; absent: nothing. */
  fromTakenBack?(at: number): Observation
  /** The same line as parts of the conversation that people read; times of 0 are unknown. */
  entries?(line: string): EntryPart[]
  /** Whether this line is the record that an ended session's transcript ends with. */
  isTerminal?(line: string): boolean
  /**
   * What to press to interrupt and submit, and in a dialog whose cursor stands on its plain yes to
   * approve, in any to deny.
   */
  readonly keys: Readonly<Record<'interrupt' | 'submit', readonly KeyName[]>> &
    Readonly<Partial<Record<'approve' | 'deny', readonly KeyName[]>>>
  /** The conversation that its arguments name: it was resumed. */
  resumes?(process: Pick<ProcessFacts, 'argv' | 'command'>): string | undefined
  /**
   * The agent's own command to continue a conversation, with the flags it was started with and
   * without its prompt. Empty where the id cannot be one: nothing may smuggle in a flag.
   */
  resume?(conversation: string, argv: readonly string[]): string[]
  /** Text before the first prompt, drafts and spinners say nothing: evidence has these limits. */
  readonly patience: {
    /** A `hook` that says working is believed so long without a word of anything stronger. */
    hookMs: number
    /** Silence of the screen after which a turn is over where nothing better is known. */
    silenceMs: number
    /**
     * A dialog on the screen must stay so long where something stronger says working; absent: 1.5 s.
     * Shorter where nothing but the screen may tell of dialogs: then it is looked at more often too.
     */
    dialogMs?: number
    /** A record of its log is believed so long against a screen that says otherwise; absent: 4 s. */
    transcriptMs?: number
    /**
     * Its title or file says working while it starts: that is no turn unless it lasts longer, and
     * before the first turn less than what its screen says, that it waits or works.
     */
    startMs?: number
    /**
     * It interrupts its own turn when it has to end, as at a hangup: one that was interrupted so
     * shortly before its end was lost with it.
     */
    dyingMs?: number
  }
}

/** One process, as the kernel tells. Identity is pid and start together. */
export interface ProcessFacts {
  pid: number
  /** Kernel ticks since boot; empty where unknown. */
  start: string
  argv: readonly string[]
  /** Name of the executable, without its folder. */
  command: string
  cwd: string
  /** Only the variables that adapters name in `ENVIRONMENT`. */
  env: Readonly<Record<string, string>>
}

/** Variables of an agent's process that say where its files are. Nothing else is ever read. */
export const ENVIRONMENT = [
  'HOME',
  'XDG_CONFIG_HOME',
  'XDG_DATA_HOME',
  'XDG_STATE_HOME',
  'CLAUDE_CONFIG_DIR',
  'CODEX_HOME',
  'COPILOT_HOME',
  'GEMINI_CLI_HOME',
  'OPENCODE_CONFIG_DIR',
  'TMUX_PANE',
] as const

export interface AgentFiles {
  /** Small files that hold the state now; read whole when they change. */
  live: readonly string[]
  /** The folder under which transcripts lie; nothing outside it is ever opened. */
  transcripts?: string
  /** The transcript of this very process where the agent tells (path), else found by `conversation`. */
  transcript?: string
  /** A database of conversations in place of transcripts; see `OpencodeStore`. */
  store?: string
  /** How the kernel or the agent ties one transcript to this process; see `findTranscript`. */
  binding?: TranscriptBinding
  /** How transcripts lie under `transcripts`. */
  layout?: TranscriptLayout
}

/** How a kind files its transcripts, by which one of them is found again. */
export interface TranscriptLayout {
  /** One pattern per folder between `transcripts` and the files. */
  folders: readonly RegExp[]
  /** Those folders are years, months and days, so that older ones need no look. */
  dated?: true
  /** Whether the file of this name holds this conversation. */
  holds(name: string, conversation: string): boolean
  /**
   * When a conversation with this first line began (epoch milliseconds); undefined where it is not
   * one of a person in this process's folder. For kinds that tie no file to a process.
   */
  began?(line: string, process: ProcessFacts): number | undefined
}

/** How a kind writes what its subagents do, each in a file of its own. It does no I/O either. */
export interface SubagentLogs {
  /** Folders of those of one conversation, other files may lie there too. `now`: epoch milliseconds. */
  folders(transcript: string, conversation: string | undefined, now: number): readonly string[]
  /** The id by which hooks call the subagent whose log has this name; undefined for other files. */
  idOf(name: string): string | undefined
  /** Whose it is, by its first line; absent where all that lies in those folders is the parent's. */
  isOf?(firstLine: string, conversation: string): boolean
  /** A small file beside the log that says what the subagent is for. */
  readonly card?: {
    nameOf(log: string): string
    title(text: string): string | undefined
  }
  /** One complete line, as `fromTranscript` reads those of the agent itself: of its own turn. */
  read(line: string, at: number): Observation[]
}

export type TranscriptBinding =
  /** The process keeps its transcript open; `name` is what the file is called. */
  | { type: 'open-file'; name: RegExp }
  /** A folder under `transcripts` holds a file whose name claims it for the pid; `file` lies beside it. */
  | { type: 'claim'; names: readonly string[]; file: string }

/** What is on a pane's screen now. */
export interface ScreenFacts {
  /** Rows without escape sequences, trailing blanks removed, from the top. */
  rows: readonly string[]
  cols: number
  title: string
  alternate: boolean
  at: number
}

/** What an agent's hook sent, as the spool read it. */
export interface HookEvent {
  kind: AgentKind
  /** The agent's own name of the event. */
  event: string
  payload: Readonly<Record<string, unknown>>
  /** `%3`; empty where the agent runs outside tmux. */
  pane: string
  pid: number
  at: number
}

/** One thing that we saw. */
export interface Observation {
  source: EvidenceSource
  /** Epoch milliseconds when it was true. */
  at: number
  /** The evidence, one line, raw; redacted where it is stored or sent. */
  line: string
  confidence: Confidence
  /** What it says of the activity; absent where it only tells facts. */
  says?: Statement
  facts?: ObservedFacts
}

export type Statement =
  /** A conversation began or was taken up again: idle where nothing is known, lowers nothing. */
  | { type: 'started' }
  /** The user gave a prompt: a turn opens. */
  | { type: 'prompted' }
  | { type: 'working' }
  /**
   * An empty `text` means that the source knows that it asks, not what or which kind: it opens an
   * ask where none is open and changes nothing about one that is. A `startup` ask is known to the
   * screen alone (no agent reports those dialogs), so it holds against an `idle` of any source.
   */
  | { type: 'asking'; ask: Ask }
  | { type: 'retrying' }
  /**
   * It waits for the user; `end` tells how the turn ended where that is known. Without `end` it
   * says no more than that nothing runs, and does not undo a `failed` that came before it.
   */
  | { type: 'idle'; end?: Exclude<TurnEnd, 'lost'> }
  | { type: 'failed' }
  /** The process is gone. */
  | { type: 'ended' }

/** What an agent waits for. */
export interface Ask {
  kind: AskKind
  text: string
  tool?: string
  id?: string
  /** The rows of the dialog as a screen shows them, its options with the cursor included. */
  dialog?: readonly string[]
}

/** Facts beside the state; an absent one leaves what was known. */
export interface ObservedFacts {
  /**
   * Whose words these are. Where it is the id of a subagent that was reported before (opencode's
   * children have conversations of their own), the whole observation is about that one.
   */
  conversation?: string
  transcript?: string
  title?: string
  /** A title that the agent or user chose replaces a made-up one, never the other way round. */
  titleIsChosen?: boolean
  prompt?: string
  lastWords?: string
  /** Empty: no tool runs. */
  tool?: string
  toolStarted?: boolean
  model?: string
  usage?: Usage
  /**
   * `sum`: add to the turn and the total; `total`: the conversation's own count, replaces what was
   * counted. `contextUsed` and `contextSize` always replace, and come alone where this is absent.
   */
  usageKind?: 'sum' | 'total'
  /** Deterministic id of the record, so that a replay counts once. */
  recordId?: string
  /** What a subagent of this agent does: it began, ended (`running`), or went on. */
  subagent?: {
    id: string
    title?: string
    /** What it is for, in place of the name of its type. */
    titleIsChosen?: boolean
    running?: boolean
    tool?: string
    lastWords?: string
  }
}
