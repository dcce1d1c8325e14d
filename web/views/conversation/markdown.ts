import DOMPurify from 'dompurify'
import { Marked } from 'marked'

const marked = new Marked({ gfm: true, breaks: true, async: false })

/**
 * What the words of an agent may become. No image is ever loaded: its address could tell a stranger
 * that somebody reads. No style, no form, no address other than of a page or a mail.
 */
const ALLOWED = {
  ALLOWED_TAGS: [
    ...['p', 'br', 'hr', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'ul', 'ol', 'li', 'blockquote'],
    ...['pre', 'code', 'em', 'strong', 'del', 'a', 'table', 'thead', 'tbody', 'tr', 'th', 'td'],
  ],
  ALLOWED_ATTR: ['href', 'start', 'align'],
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
  for (const block of nodes.querySelectorAll('pre')) block.tabIndex = 0
  return nodes
}
