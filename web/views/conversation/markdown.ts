import DOMPurify from 'dompurify'
import { Marked } from 'marked'

/**
 * Agents write of tags as often as of anything else: what looks like one is shown as it was written,
 * but for a line break. An image becomes a link, because loading it would tell its host that
 * somebody reads.
 */
const marked = new Marked({
  gfm: true,
  breaks: true,
  async: false,
  renderer: {
    html: ({ text }) => (/^<br\s*\/?>$/i.test(text.trim()) ? '<br>' : escaped(text)),
    image: ({ href, text }) => `<a href="${escaped(href)}">${escaped(text || 'Image')}</a>`,
    // One level below the name of the session: whose outline it is, is ours to say.
    heading({ tokens }) {
      return `<h3>${this.parser.parseInline(tokens)}</h3>`
    },
    checkbox: ({ checked }) => (checked ? '☑ ' : '☐ '),
  },
})

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)
}

/** What the words of an agent may become: no style, no form, no address but of a page or a mail. */
const ALLOWED = {
  ALLOWED_TAGS: [
    ...['p', 'br', 'hr', 'h3', 'ul', 'ol', 'li', 'blockquote'],
    ...['pre', 'code', 'em', 'strong', 'del', 'a', 'table', 'thead', 'tbody', 'tr', 'th', 'td'],
  ],
  ALLOWED_ATTR: ['href', 'start', 'align'],
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  ALLOWED_URI_REGEXP: /^(?:https?:|mailto:)/i,
}

/** Text in Markdown as nodes that cannot act: sanitised, links open outside and tell nobody of us. */
export function markdownNodes(text: string): DocumentFragment {
  const nodes = DOMPurify.sanitize(marked.parse(text) as string, {
    ...ALLOWED,
    RETURN_DOM_FRAGMENT: true,
  })
  for (const link of nodes.querySelectorAll('a')) {
    const address = link.getAttribute('href')
    if (address === null) continue
    link.target = '_blank'
    link.rel = 'noopener noreferrer'
    // The words of a link may name another address than the one it leads to.
    link.title = address
  }
  // What scrolls sideways must be reached by keys.
  for (const block of nodes.querySelectorAll('pre, table')) block.setAttribute('tabindex', '0')
  return nodes
}
