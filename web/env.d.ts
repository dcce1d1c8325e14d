/** Version of dogwatch that this page was built from (vite.config.ts). */
declare const __VERSION__: string

declare module '*.css'

interface ImportMeta {
  /** What Vite tells of the build. */
  readonly env: { readonly PROD: boolean }
}

declare module '*.woff2?url' {
  const url: string
  export default url
}
