import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig, type Plugin } from 'vite'
import solid from 'vite-plugin-solid'

const { version } = JSON.parse(readFileSync(new URL('./package.json', import.meta.url), 'utf8'))

/** Where `npm run dev` finds the server; the page itself is served by Vite then. */
const server = process.env.DOGWATCH_DEV_SERVER ?? 'http://127.0.0.1:4477'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** Has the browser fetch the page's code and style beside the script that asks for them, not after it. */
const preloadPage: Plugin = {
  name: 'preload-page',
  transformIndexHtml: {
    order: 'post',
    handler(html, { bundle }) {
      const chunks = Object.values(bundle ?? {}).filter((file) => file.type === 'chunk')
      const page = chunks.find(({ name }) => name === 'page')
      if (!page) return []
      const needed = page.imports.filter((file) => !html.includes(file))
      const preload = (attrs: Record<string, string>, file: string) => ({
        tag: 'link',
        attrs: { ...attrs, crossorigin: true, href: `/${file}` },
        injectTo: 'head' as const,
      })
      return [
        ...[page.fileName, ...needed].map((file) => preload({ rel: 'modulepreload' }, file)),
        ...[...(page.viteMetadata?.importedCss ?? [])].map((file) =>
          preload({ rel: 'preload', as: 'style' }, file),
        ),
      ]
    },
  },
}

/** A chunk of its own for a file and all that it needs and no chunk above has. */
const chunk = (name: string, test: RegExp) => ({ name, test })

export default defineConfig({
  root: 'web',
  plugins: [solid(), preloadPage],
  define: { __VERSION__: JSON.stringify(version) },
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    // The oldest browsers with light-dark() and the color-mix() that the tokens are made of.
    target: ['es2022', 'chrome123', 'safari17.5', 'firefox121'],
    // Nothing inline: the page's policy allows scripts and images from files only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    rolldownOptions: {
      input: { index: here('web/index.html'), sw: here('web/worker/sw.ts') },
      // A worker is known by its address: it keeps one name, at the root that it serves.
      output: {
        entryFileNames: ({ name }) => (name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js'),
        // Few files for the first load, each a request on one of six connections: what starts, the
        // page, the terminal. Left alone, whatever two pages share is a file, of a few hundred bytes.
        codeSplitting: {
          groups: [
            chunk('start', /\/web\/main\.ts$/),
            chunk('page', /\/web\/page\.tsx$/),
            chunk('terminal', /\/web\/(?:terminal\/Terminal|ui\/Dock)\.tsx$/),
          ],
        },
      },
    },
  },
  server: {
    host: '127.0.0.1',
    proxy: {
      '/api': { target: server },
      '/ws': { target: server, ws: true },
    },
    // The page may import the wire and nothing else of the server; without this the development
    // server would hand out every file of the project.
    fs: { strict: true, allow: ['web', 'node_modules', 'server/protocol.ts'] },
  },
})
