import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { runInNewContext } from 'node:vm'
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

const ICON = /\/lucide-solid\/dist\/source\/icons\/[a-z0-9-]+\.jsx$/

/** What every icon of lucide is drawn with; none of ours is told to a screen reader. */
const OUTLINE =
  'aria-hidden="true" width="24" height="24" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"'

/**
 * Icons as plain markup, which the browser copies. lucide's own component takes any size and colour
 * and works each out while the page runs: of that nothing is used, and it weighs more than they do.
 */
const plainIcons: Plugin = {
  name: 'plain-icons',
  enforce: 'pre',
  transform(code, id) {
    if (!ICON.test(id)) return undefined
    const data = /var __iconData = (\{[\s\S]*?\n\});/.exec(code)?.[1]
    if (data === undefined) throw new Error(`${id} is no icon as lucide writes them`)
    const { name, node } = runInNewContext(`(${data})`) as IconData
    const parts = node.map(([tag, { key: _, ...attributes }]) => {
      const written = Object.entries(attributes).map(([name, value]) => `${name}="${value}"`)
      return `<${tag} ${written.join(' ')} />`
    })
    return `export default () => <svg class="lucide lucide-${name}" ${OUTLINE}>${parts.join('')}</svg>`
  },
}

interface IconData {
  name: string
  node: [tag: string, attributes: Record<string, string>][]
}

/** A chunk of its own for a file and all that it needs and no chunk above has. */
const chunk = (name: string, test: RegExp) => ({ name, test })

export default defineConfig({
  root: 'web',
  plugins: [plainIcons, solid(), preloadPage],
  resolve: {
    alias: {
      // From its source: what is built of it repeats 18 KB of xterm.
      '@xterm/addon-unicode-graphemes': here(
        'node_modules/@xterm/addon-unicode-graphemes/src/UnicodeGraphemesAddon.ts',
      ),
      'common/services/UnicodeService': here('web/terminal/unicode-service.ts'),
    },
  },
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
