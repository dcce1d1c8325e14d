import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import solid from 'vite-plugin-solid'

const { version } = JSON.parse(readFileSync(new URL('./package.json', import.meta.url), 'utf8'))

/** Where `npm run dev` finds the server; the page itself is served by Vite then. */
const server = process.env.DOGWATCH_DEV_SERVER ?? 'http://127.0.0.1:4477'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  root: 'web',
  plugins: [solid()],
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
