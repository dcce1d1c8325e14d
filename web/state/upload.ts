import type { AttachmentResponse } from '../../server/protocol.ts'
import { ApiError, failureOf } from './api.ts'
import { token } from './token.ts'

/** Milliseconds without a byte in either direction until a file counts as lost. */
const SILENCE_MS = 30_000

export interface UploadOptions {
  signal: AbortSignal
  /** Share that has left this device, 0 to 1. */
  onProgress(share: number): void
}

/**
 * Sends a file to the machine. Throws `ApiError`, or the signal's reason. By XMLHttpRequest, because
 * `fetch` tells nothing of what has left, and a picture takes a minute on a poor line.
 */
export function sendFile(file: File, options: UploadOptions): Promise<AttachmentResponse> {
  const { signal } = options
  const used = token()
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    let timer: ReturnType<typeof setTimeout> | undefined
    const stop = () => request.abort()
    const heard = () => {
      clearTimeout(timer)
      timer = setTimeout(stop, SILENCE_MS)
    }
    request.open('POST', `/api/attachments?name=${encodeURIComponent(file.name.slice(-200))}`)
    request.responseType = 'json'
    if (used) request.setRequestHeader('authorization', `Bearer ${used}`)
    request.upload.addEventListener('progress', (event) => {
      heard()
      if (event.lengthComputable) options.onProgress(event.loaded / event.total)
    })
    request.addEventListener('loadend', () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
      const { status, response } = request
      if (signal.aborted) reject(signal.reason)
      else if (status === 0) reject(new ApiError('unreachable', 'The file did not arrive.', 0))
      else if (status === 200 && isAttachment(response)) resolve(response)
      else reject(failureOf(status, response, used))
    })
    signal.addEventListener('abort', stop, { once: true })
    heard()
    request.send(file)
  })
}

function isAttachment(answer: unknown): answer is AttachmentResponse {
  return typeof answer === 'object' && answer !== null && 'path' in answer
}
