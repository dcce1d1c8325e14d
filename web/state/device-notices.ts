import { createEffect, createRoot, createSignal } from 'solid-js'
import type { Notice } from './notice.ts'
import { pushedTo } from './pushed-to.ts'
import { worker } from './worker.ts'

/** Whether and how this device tells of needs; kept in localStorage. */

const NOTICES_KEY = 'dogwatch.notices'
const SOUND_KEY = 'dogwatch.sound'

function readOn(key: string): boolean {
  try {
    return localStorage.getItem(key) === 'on'
  } catch {
    // Storage is switched off: nothing is told unless asked for in this page.
    return false
  }
}

function keepOn(key: string, on: boolean): void {
  try {
    localStorage.setItem(key, on ? 'on' : 'off')
  } catch {
    // As above: the choice lives as long as the page.
  }
}

const [wantsNotices, setWantsNotices] = createSignal(readOn(NOTICES_KEY))
const [wantsSound, setWantsSound] = createSignal(readOn(SOUND_KEY))

export { setWantsSound, wantsNotices, wantsSound }

createRoot(() => {
  createEffect(() => keepOn(NOTICES_KEY, wantsNotices()))
  createEffect(() => keepOn(SOUND_KEY, wantsSound()))
})

/** What the browser lets us do: `insecure` and `unsupported` cannot be changed by a click. */
export type NoticeLeave = 'granted' | 'denied' | 'default' | 'insecure' | 'unsupported'

function readLeave(): NoticeLeave {
  if (!window.isSecureContext) return 'insecure'
  return 'Notification' in window && 'serviceWorker' in navigator
    ? Notification.permission
    : 'unsupported'
}

const [noticeLeave, setLeave] = createSignal<NoticeLeave>(readLeave())

export { noticeLeave }

/** Switches notices; the first time the browser asks the person. */
export async function switchNotices(on: boolean): Promise<void> {
  if (on && noticeLeave() === 'default') await Notification.requestPermission()
  setLeave(readLeave())
  setWantsNotices(on && noticeLeave() === 'granted')
}

/** Whether the server pushes it to this browser; where that cannot be told, nobody else does. */
async function isPushed(): Promise<boolean> {
  try {
    return await (await import('./push.ts')).isPushed()
  } catch {
    // No server, or no page of it: then nothing is pushed either.
    return false
  }
}

/** Shows a notice, if this device may and wants to. */
export async function showNotice({ tag, title, body, path }: Notice): Promise<void> {
  if (!wantsNotices() || readLeave() !== 'granted') return
  const registration = await worker()
  if (pushedTo() !== undefined && (await isPushed())) return
  await registration?.showNotification(title, {
    tag,
    body,
    icon: '/icon-192.png',
    badge: '/icon-192.png',
    lang: '',
    data: { path },
  })
}

/** Two short tones, each so long (seconds). */
const TONES = [660, 880] as const
const TONE_SECONDS = 0.12

/** Plays the sound of a need. Browsers stay silent on pages that nobody has touched yet. */
export async function playSound(): Promise<void> {
  const audio = new AudioContext()
  const volume = audio.createGain()
  volume.gain.value = 0.15
  volume.connect(audio.destination)
  const tones = TONES.map((frequency, at) => {
    const tone = audio.createOscillator()
    tone.frequency.value = frequency
    tone.connect(volume)
    tone.start(audio.currentTime + at * TONE_SECONDS)
    tone.stop(audio.currentTime + (at + 1) * TONE_SECONDS)
    return tone
  })
  tones.at(-1)?.addEventListener('ended', () => void audio.close())
}
