import { saveSettings } from '../../db/settings.ts'
import type { Writer } from '../../db/writer.ts'
import type { Settings, SettingsResponse } from '../protocol.ts'
import { Failure } from './failure.ts'
import { OneByOne } from './one-by-one.ts'
import type { Registry } from './registry.ts'
import { changedSettings, withDefaults } from './settings.ts'

export interface SettingsDeps {
  stored: { version: number; changed: Partial<Settings> } | undefined
  writer: Writer
  registry: Registry
}

/** The settings as they are now. Each change names the version that it was made from. */
export class SettingsKeeper {
  readonly #writer: Writer
  readonly #registry: Registry
  readonly #turns = new OneByOne()
  #version: number
  #settings: Settings

  constructor({ stored, writer, registry }: SettingsDeps) {
    this.#writer = writer
    this.#registry = registry
    this.#version = stored?.version ?? 0
    this.#settings = withDefaults(stored?.changed ?? {})
  }

  get current(): Readonly<Settings> {
    return this.#settings
  }

  view(): SettingsResponse {
    return { version: this.#version, settings: this.#settings }
  }

  /**
   * Changes some settings (from `checkSettings`); resolves when that is on the disk. Throws a
   * `Failure` (`conflict`) where another change came before: nobody's change is lost unseen.
   */
  change(version: number, change: Partial<Settings>): Promise<SettingsResponse> {
    return this.#turns.run('settings', async () => {
      if (version !== this.#version) {
        throw new Failure(
          'conflict',
          'The settings were changed somewhere else. Load them again, then change them.',
        )
      }
      const settings = { ...this.#settings, ...change }
      await this.#writer.write((tx) => saveSettings(tx, version + 1, changedSettings(settings)))
      this.#version = version + 1
      this.#settings = settings
      this.#registry.tell({ type: 'settings', settings: this.view() })
      return this.view()
    })
  }
}
