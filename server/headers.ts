/** For scripts, styles and fonts as for all else: they are what they say, and for our page alone. */
const FILE_HEADERS: Readonly<Record<string, string>> = {
  'X-Content-Type-Options': 'nosniff',
  'Cross-Origin-Resource-Policy': 'same-origin',
}

/**
 * Headers of every answer but those of `FILES`. The page loads nothing from elsewhere and talks to
 * nobody but us. Styles may stand in elements and attributes because the terminal's renderer
 * (xterm.js) makes both at run time and takes no nonce; scripts may not.
 */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "connect-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "manifest-src 'self'",
    "worker-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join(';'),
  ...FILE_HEADERS,
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=()',
  'X-Frame-Options': 'DENY',
}

/** Scripts, styles and fonts of a page: no browser runs what such an answer says of a page's rights. */
const FILES = /^\/assets\/[\w.-]+\.(?:js|css|woff2)$/

/** The headers of an answer to a request for that path. */
export function headersFor(path: string): Readonly<Record<string, string>> {
  return FILES.test(path) ? FILE_HEADERS : SECURITY_HEADERS
}
