import { createStore } from 'solid-js/store'
import { LIMITS } from '../../server/protocol.ts'
import { ApiError } from '../state/api.ts'
import { newRequestId } from '../state/request-id.ts'
import { sendFile } from '../state/upload.ts'
import { byteText } from './paste.ts'

/** A file on its way to the machine, there, or not arrived. */
export interface Attachment {
  id: string
  /** The session into whose draft it goes. */
  session: string
  name: string
  /** Share that has left this device, 0 to 1. */
  share: number
  /** Where it lies on the machine, once it does: the session's draft takes it from here. */
  path?: string
  /** Why it did not arrive, as a sentence. */
  error?: string
}

// Outlives the box: whoever looks at the timeline meanwhile finds the path when they come back.
const [list, setList] = createStore<Attachment[]>([])
const stops = new Map<string, AbortController>()
let last: Promise<void> = Promise.resolve()

/** The attachments of a session, in the order in which they were added. */
export function attachmentsOf(session: string): Attachment[] {
  return list.filter((one) => one.session === session)
}

/** Sends files, one after the other: two on a thin line would both be slow. */
export function attach(session: string, files: Iterable<File>): void {
  for (const file of files) {
    const one: Attachment = { id: newRequestId(), session, name: file.name || 'file', share: 0 }
    const error = refusal(file)
    setList(list.length, error ? { ...one, error } : one)
    if (error) continue
    const stop = new AbortController()
    stops.set(one.id, stop)
    last = last.then(() => send(one.id, file, stop.signal))
  }
}

/** Stops one that is on its way, or takes one that has been used or has failed off the list. */
export function forgetAttachment(id: string): void {
  stops.get(id)?.abort()
  stops.delete(id)
  setList((all) => all.filter((one) => one.id !== id))
}

async function send(id: string, file: File, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  const change = (next: Partial<Attachment>) => setList((one) => one.id === id, next)
  try {
    const { path } = await sendFile(file, { signal, onProgress: (share) => change({ share }) })
    change({ path })
  } catch (error) {
    if (!signal.aborted)
      change({ error: error instanceof ApiError ? error.message : String(error) })
  }
}

function refusal(file: File): string | undefined {
  if (file.size === 0) return 'This file is empty, or a folder.'
  if (file.size <= LIMITS.attachmentBytes) return undefined
  return `This is ${byteText(file.size)}; at most ${byteText(LIMITS.attachmentBytes)} can be attached.`
}

/** Files that a paste or a drop brings, where it brings no text: a copied table is both. */
export function filesOf(data: DataTransfer | null): File[] {
  return data?.getData('text/plain') === '' ? [...data.files] : []
}
