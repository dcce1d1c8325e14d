/** Version of the socket protocol; the subprotocol name carries it. */
export const SUBPROTOCOL = 'dogwatch.v1'
/** Prefix of the one-use socket ticket in `Sec-WebSocket-Protocol`. */
export const TICKET_SUBPROTOCOL_PREFIX = 'ticket.'

/** What a device may do, weakest first: look, type into terminals, everything. */
export const SCOPES = ['watch', 'reply', 'full'] as const
export type Scope = (typeof SCOPES)[number]

/** One paired browser or phone. The token itself is known to that device alone. */
export interface DeviceView {
  id: string
  name: string
  scope: Scope
  /** Epoch milliseconds. */
  createdAt: number
  /** Epoch milliseconds of the last authenticated request, to the minute. */
  lastUsedAt: number
}

export interface PairRequest {
  ticket: string
  name: string
}

export interface PairResponse {
  token: string
  device: DeviceView
  scope: Scope
}

/** `POST /api/tickets`: a link for another device. `scope` is at most the caller's own. */
export interface PairTicketRequest {
  scope?: Scope
}

export interface PairTicketResponse {
  ticket: string
  scope: Scope
  /** Epoch milliseconds. */
  expiresAt: number
  /** Names under which a proxy serves the page by https (`--allow-host`), in their order. */
  hosts: readonly string[]
}

export interface DevicesResponse {
  devices: DeviceView[]
}

/** `DELETE /api/devices/:id`: the id, and how many of its sockets were closed. */
export interface RevokeResponse {
  revoked: string
  sockets: number
}
