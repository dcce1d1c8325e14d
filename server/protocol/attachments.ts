/**
 * `POST /api/attachments?name=`: the bytes of a file as the body, at most `LIMITS.attachmentBytes`.
 * Of `name` only the ending counts. The file is never given out again: its path goes into a prompt.
 */
export interface AttachmentResponse {
  /** Absolute, on the machine of the agents. */
  path: string
  bytes: number
}
