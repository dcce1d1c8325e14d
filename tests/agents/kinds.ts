import { join } from 'node:path'
import type { HookKind } from '../../server/agents/hooks/places.ts'
import type { State } from './feed-log.ts'

/** A real agent of one version, and how it is told about model, folder and user. */
export interface RealAgent {
  package: string
  /** The exact version that is tested. */
  version: string
  /** Older versions whose screens are recorded too. */
  older: readonly string[]
  /** Name of the program. */
  bin: string
  /** What the shell is told to start it. */
  command(place: Place): string
  /** Files below its home, by path; each holds its whole text. */
  home(place: Place): Record<string, string>
  env(place: Place): Record<string, string>
  /** What is typed to end it. */
  exit: string
  /** Keys that say yes to the dialog of an unknown folder (its rows); none where it has no such. */
  trust?(rows: string): readonly string[]
  /** Its next start after hooks were installed stops on a review of them. */
  reviewsHooks?: true
  /** The tool that asks for permission though the folder is trusted; `edit` where not said. */
  refused?: 'bash' | 'edit'
  /** `behind`: its turn ends while its subagent still works; else it waits for that one. */
  delegates?: 'behind'
  /** What a screen shows in a state: its own best sign where its files and title say nothing. */
  shows: Readonly<Partial<Record<State, RegExp>>>
  /** What it does when the service answers so, or is gone. */
  failures: Readonly<Record<'429' | '500' | '400' | 'down', State>>
  /** What it shows after the first of the two keys that interrupt it. */
  again?: RegExp
  /** Failures after which it tries again without a word: `working` is all that can be known. */
  silent?: readonly string[]
}

export interface Place {
  home: string
  /** The folder in which it works. */
  work: string
  /** Address of the scripted model. */
  model: string
  /** Whether it has met this user and folder before. */
  isKnown: boolean
  hooks: boolean
}

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`

const KEY = 'sk-test-000000000000'

/** The agents that are tested, at the versions that `npm run test:agents` installs. */
export const REAL_AGENTS: Readonly<Record<HookKind, RealAgent>> = {
  claude: {
    package: '@anthropic-ai/claude-code',
    // Exact, since npm would choose the newest version that fits this Node: much older ones.
    version: '2.1.329',
    older: ['2.1.239'],
    bin: 'claude',
    // Its own default mode decides by itself and shows no permission dialog.
    command: () => 'claude --permission-mode default',
    home: ({ work, isKnown }) => ({
      '.claude/settings.json': json({ env: {} }),
      '.claude.json': json({
        hasCompletedOnboarding: true,
        theme: 'dark',
        numStartups: 5,
        customApiKeyResponses: { approved: [KEY.slice(-20)], rejected: [] },
        projects: isKnown
          ? { [work]: { hasTrustDialogAccepted: true, hasCompletedProjectOnboarding: true } }
          : {},
      }),
    }),
    env: ({ model }) => ({
      ANTHROPIC_BASE_URL: model,
      ANTHROPIC_API_KEY: KEY,
      DISABLE_AUTOUPDATER: '1',
      DISABLE_TELEMETRY: '1',
      DISABLE_ERROR_REPORTING: '1',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    }),
    exit: '/exit',
    // Which of the two answers stands first depends on the version.
    trust(rows) {
      const isNo = /❯ (\d\. )?No\b/.test(rows)
      if (!isNo) return ['Enter']
      return [/❯ (\d\. )?No\b[\s\S]*Yes/.test(rows) ? 'Down' : 'Up', 'Enter']
    },
    shows: {
      'asking permission': /Esc to cancel · Tab to amend/,
      'asking question': /Enter to select · .*Esc to cancel/s,
      'asking startup': /Enter to confirm · Esc to/,
    },
    failures: { 429: 'retrying', 500: 'retrying', 400: 'failed', down: 'retrying' },
  },
  codex: {
    package: '@openai/codex',
    version: '0.169.0',
    older: ['0.145.0'],
    bin: 'codex',
    command: ({ hooks, isKnown }) =>
      // Its review of new hooks is a phase of its own; everywhere else they count as reviewed.
      hooks && isKnown ? 'codex --dangerously-bypass-hook-trust' : 'codex',
    home: ({ model, work, isKnown }) => ({
      '.codex/config.toml': `model = "gpt-5"
model_provider = "scripted"
approval_policy = "on-request"
sandbox_mode = "workspace-write"
check_for_update_on_startup = false
[model_providers.scripted]
name = "scripted"
base_url = "${model}/v1"
wire_api = "responses"
env_key = "SCRIPTED_KEY"
[analytics]
enabled = false
[feedback]
enabled = false
${isKnown ? `[projects."${work}"]\ntrust_level = "trusted"\n` : ''}`,
    }),
    env: () => ({ SCRIPTED_KEY: KEY }),
    exit: '/quit',
    trust: () => ['Enter'],
    reviewsHooks: true,
    delegates: 'behind',
    // It writes files of its folder without asking.
    refused: 'bash',
    shows: {
      'asking permission': /Press enter to confirm or esc to cancel/,
      'asking startup': /enter continue · esc back|enter confirm · esc skip|Hooks need review/,
    },
    failures: { 429: 'failed', 500: 'retrying', 400: 'failed', down: 'retrying' },
  },
  copilot: {
    package: '@github/copilot',
    version: '1.0.102',
    older: [],
    bin: 'copilot',
    command: () => 'copilot',
    home: ({ work, isKnown }) => ({
      '.copilot/settings.json': json({
        banner: 'never',
        autoUpdate: false,
        trustedFolders: isKnown ? [work] : [],
      }),
      '.copilot/config.json': json({ banner: 'never', trusted_folders: isKnown ? [work] : [] }),
    }),
    env: ({ model }) => ({
      COPILOT_OFFLINE: 'true',
      COPILOT_AUTO_UPDATE: 'false',
      COPILOT_PROVIDER_BASE_URL: `${model}/v1`,
      COPILOT_PROVIDER_API_KEY: KEY,
      COPILOT_MODEL: 'gpt-4.1',
    }),
    exit: '/exit',
    trust: () => ['Enter'],
    shows: {
      'asking permission': /enter to select · esc to cancel/,
      'asking question': /enter accept · ctrl\+d decline/,
      'asking startup': /trust the files in this folder/,
    },
    again: /esc again to/,
    failures: { 429: 'retrying', 500: 'retrying', 400: 'failed', down: 'retrying' },
    // Its hook of failures tells more.
    silent: ['429'],
  },
  gemini: {
    package: '@google/gemini-cli',
    version: '0.61.0',
    older: ['0.47.0'],
    bin: 'gemini',
    command: () => 'gemini -m gemini-2.5-pro',
    home: ({ work, isKnown }) => ({
      '.gemini/settings.json': json({
        general: { enableAutoUpdate: false, enableAutoUpdateNotification: false },
        privacy: { usageStatisticsEnabled: false },
        telemetry: { enabled: false },
        security: { auth: { selectedType: 'gemini-api-key' }, folderTrust: { enabled: true } },
        ui: { hideBanner: true, hideTips: true },
        ide: { enabled: false },
      }),
      '.gemini/trustedFolders.json': json(isKnown ? { [work]: 'TRUST_FOLDER' } : {}),
    }),
    env: ({ model }) => ({
      GEMINI_API_KEY: KEY,
      GOOGLE_GEMINI_BASE_URL: model,
      GEMINI_TELEMETRY_ENABLED: 'false',
      NO_BROWSER: '1',
    }),
    exit: '/quit',
    trust: () => ['Enter'],
    shows: {
      'asking permission': /Allow execution|Apply this change|Allow once/,
      'asking question': /Which colour should[\s\S]*Esc to cancel/,
      'asking startup': /Do you trust the files in this folder/,
    },
    failures: { 429: 'retrying', 500: 'retrying', 400: 'failed', down: 'failed' },
    silent: ['429', '500'],
  },
  opencode: {
    package: 'opencode-ai',
    version: '1.18.33',
    older: [],
    bin: 'opencode',
    command: () => 'opencode',
    home: ({ model }) => ({
      [join('.config', 'opencode', 'opencode.json')]: json({
        autoupdate: false,
        share: 'disabled',
        model: 'scripted/scripted',
        small_model: 'scripted/scripted',
        permission: { bash: 'ask', edit: 'ask' },
        provider: {
          scripted: {
            npm: '@ai-sdk/openai-compatible',
            name: 'Scripted',
            options: { baseURL: `${model}/v1`, apiKey: KEY },
            models: { scripted: { name: 'Scripted', limit: { context: 200_000, output: 8_192 } } },
          },
        },
      }),
    }),
    env: () => ({
      OPENCODE_DISABLE_AUTOUPDATE: '1',
      OPENCODE_DISABLE_MODELS_FETCH: '1',
      OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
    }),
    exit: '/exit',
    shows: {
      'asking permission': /Allow once +Allow always +Reject/,
      'asking question': /enter submit +esc dismiss/,
      // Cold, it takes up to half a minute from its first prompt to its first request.
      retrying: /\[retrying .*attempt #\d+\]/,
    },
    again: /esc again to/,
    failures: { 429: 'retrying', 500: 'retrying', 400: 'failed', down: 'retrying' },
  },
}
