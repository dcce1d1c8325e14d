/** What a person may set; every one has a default (`core/settings.ts`). */
export interface Settings {
  /** Start agents again by themselves after tmux or the machine died. Off by default. */
  resumeByItself: boolean
  /** Of needs with one reason the newest comes first; else the one that waits longest. */
  newestFirst: boolean
  /** Seconds between snapshots of a running turn. */
  snapshotSeconds: number
  /** Lines of scrollback that one snapshot keeps, 20 to 1,000. */
  snapshotLines: number
  /** Snapshots of one agent. */
  snapshotsPerAgent: number
  snapshotDays: number
  /** Megabytes of all snapshots of one agent, and of all agents. */
  snapshotMbPerAgent: number
  snapshotMb: number
  /** Absolute folders whose agents are shown but never remembered, with all below them. */
  doNotRecord: string[]
}

/** The numbers among them: whole, from and to. */
export const SETTING_RANGES = {
  // More often than every 5 s would cost the agents' machine.
  snapshotSeconds: [5, 3_600],
  snapshotLines: [20, 1_000],
  snapshotsPerAgent: [10, 100_000],
  snapshotDays: [1, 3_650],
  snapshotMbPerAgent: [1, 10_000],
  snapshotMb: [10, 100_000],
} as const satisfies Partial<Record<keyof Settings, readonly [number, number]>>

/** `GET /api/settings`. */
export interface SettingsResponse {
  /** Grows with each change. */
  version: number
  settings: Settings
}

/** `PUT /api/settings`: refused (`conflict`) where `version` is not the present one. */
export interface SettingsRequest {
  version: number
  /** Only what changes. */
  settings: Partial<Settings>
}
