/// <reference path="../../node_modules/node-pty/node-pty.d.ts" />
// The prebuilt package is installed under node-pty's own name but declares its types under the other.
declare module 'node-pty' {
  export * from '@lydell/node-pty'
}
